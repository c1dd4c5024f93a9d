import { type Page } from 'playwright-core';

/** Opens the dashboard of a server and logs in, as somebody does who has just been given a token. */
export async function logIn(page: Page, { url, token }: { url: string; token: string }) {
  await page.goto(url);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}
