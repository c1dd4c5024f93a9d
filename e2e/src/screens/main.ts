// `npm run dashboard:screens`: pictures of the dashboard for the documentation, from a real browser. The
// year before is made up; the last hour is that of real builds with Nx and turbo. Prints as well how
// much the page weighs and when its first view is complete, for a browser that knows the token, and with
// the login.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { type Page } from 'playwright-core';

import { type OpenBrowser, openBrowser, type OpenPageOptions } from '../browser/open-browser.ts';
import { logIn, openMostUseful } from '../dashboard/visit.ts';
import { teams, useServer } from '../dashboard/use-server.ts';
import { readEnvironment } from '../environment.ts';
import { nxInstallation, serverInstallation } from '../installations/installation.ts';
import { prepareInstallations } from '../installations/prepare-installations.ts';
import { createMachine } from '../machines/create-machine.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { runScript } from '../processes/run-script.ts';
import { repositoryRoot } from '../repository.ts';
import { type LarderServer, startLarderServer } from '../server/start-larder-server.ts';
import { supportedNxVersions } from '../workspace/nx-version.ts';
import { fillYear } from './fill-year.ts';

const NX_VERSION = supportedNxVersions.at(-1) ?? '';
const TOKEN = 'a-token-of-an-owner';
const folder = join(repositoryRoot, 'docs', 'dashboard');

async function main(): Promise<boolean> {
  await prepareInstallations([serverInstallation, nxInstallation(NX_VERSION)], {
    env: readEnvironment().inherited,
    onProgress: (text) => {
      console.log(`${text} …`);
    },
  });
  await mkdir(folder, { recursive: true });
  const cleanup = createCleanupStack();
  try {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const tokens = [{ token: TOKEN, access: 'read-write', label: 'owner' }];
    const empty = await startLarderServer(machine, { tokens });
    await empty.stop();
    console.log('Making up a year …');
    await fillYear(empty.dataDirectory, Date.now());
    const server = await startLarderServer(machine, { tokens });
    cleanup.add(server.stop);
    console.log('Building with Nx and turbo …');
    await useServer({ machine, nxVersion: NX_VERSION, url: server.url, token: TOKEN });
    const browser = await openBrowser();
    cleanup.add(() => browser.close());
    for (let visit = 1; visit <= 3; visit += 1) {
      console.log(`first view, visit ${visit}: ${formatMs(await firstViewMs(browser, server))}`);
    }
    await takePictures(browser, server);
    return true;
  } finally {
    await cleanup.run();
  }
}

/** Of a browser that has nothing of the page yet but the token, which it was told to keep. */
async function firstViewMs(browser: OpenBrowser, { url }: LarderServer): Promise<number> {
  const { page, close } = await browser.openPage();
  await page.addInitScript(`localStorage.setItem('larder-token', '${TOKEN}')`);
  await page.goto(url);
  await chartsAreDrawn(page);
  const viewMs = await page.evaluate<number>('performance.now()');
  await close();
  return viewMs;
}

async function takePictures(browser: OpenBrowser, server: LarderServer): Promise<void> {
  const views: readonly { readonly name: string; readonly options: OpenPageOptions }[] = [
    { name: 'overview', options: {} },
    { name: 'overview-dark', options: { colorScheme: 'dark' } },
    { name: 'overview-phone', options: { viewport: { width: 390, height: 844 } } },
  ];
  for (const { name, options } of views) {
    const { page, close } = await browser.openPage(options);
    let bytes = 0;
    page.on('requestfinished', (request) => {
      void request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
        bytes += responseBodySize + responseHeadersSize;
      });
    });
    const startedAt = performance.now();
    await logIn(page, { url: server.url, token: TOKEN });
    await chartsAreDrawn(page);
    const firstMs = performance.now() - startedAt;
    console.log(`${name}: ${formatMs(firstMs)} and ${Math.round(bytes / 1000)} kB, login included`);
    for (const range of ['1y', '30d']) {
      await page.goto(`${server.url}/#/?range=${range}`);
      await page.reload();
      await chartsAreDrawn(page);
      const viewMs = await page.evaluate<number>('performance.now()');
      console.log(`${name}, ${range}: ${formatMs(viewMs)}`);
    }
    await page.screenshot({
      path: join(folder, `${name}.png`),
      fullPage: name !== 'overview-phone',
    });
    if (name === 'overview') {
      await page.goto(`${server.url}/#/?range=24h&team=${teams.nx}`);
      await page.getByRole('heading', { level: 1, name: `Team ${teams.nx}` }).waitFor();
      await openMostUseful(page);
      await page.screenshot({ path: join(folder, 'artifact.png') });
    }
    await close();
  }
}

async function chartsAreDrawn(page: Page): Promise<void> {
  await page.locator('.plot canvas').nth(2).waitFor();
}

function formatMs(durationMs: number): string {
  return `complete after ${Math.round(durationMs)} ms`;
}

runScript(main);
