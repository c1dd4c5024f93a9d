import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

import { readEnvironment } from '../environment.ts';
import { findChromium } from './chromium.ts';

export interface OpenPageOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

/** A page in a browser profile of its own. */
export interface OpenPage {
  readonly page: Page;
  /** What the browser had to complain about: console errors, exceptions, requests that failed. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

export interface OpenBrowser {
  readonly openPage: (options?: OpenPageOptions) => Promise<OpenPage>;
  readonly close: () => Promise<void>;
}

const DESKTOP = { width: 1280, height: 900 };

/** Starts a headless Chromium. */
export async function openBrowser(): Promise<OpenBrowser> {
  const browser = await chromium.launch({
    executablePath: await findChromium(readEnvironment().inherited),
    // Chromium's sandbox does not work for root.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  return { openPage: (options) => openPage(browser, options), close: () => browser.close() };
}

async function openPage(browser: Browser, options: OpenPageOptions = {}): Promise<OpenPage> {
  const contextOptions: BrowserContextOptions = {
    viewport: DESKTOP,
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...options,
  };
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  return { page, complaints, close: () => context.close() };
}
