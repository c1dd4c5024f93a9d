import { type Locator, type Page } from 'playwright-core';

/** The large figure of the tile that has this name. */
export function figureOf(page: Page, name: string): Locator {
  const tile = page.locator('.tile').filter({ has: page.getByText(name, { exact: true }) });
  return tile.locator('.figure');
}
