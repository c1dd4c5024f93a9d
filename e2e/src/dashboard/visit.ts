import { type Page } from 'playwright-core';

/** Opens the dashboard of a server and logs in, as somebody does who has just been given a token. */
export async function logIn(page: Page, { url, token }: { url: string; token: string }) {
  await page.goto(url);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}

export async function chooseTeam(page: Page, team: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Team' }).selectOption({ label: team });
  await page.getByRole('heading', { level: 1, name: `Team ${team}` }).waitFor();
}

/** Goes from an overview to the page of the artifact that has saved the most time. */
export async function openMostUseful(page: Page): Promise<void> {
  const table = page.getByRole('table', { name: 'Most useful artifacts' });
  await table.getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Artifact' }).waitFor();
}
