import { readFile } from 'node:fs/promises';

import { type Page } from 'playwright-core';

/** The part of axe's result that is read here. */
interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/**
 * What axe finds against the rules of WCAG 2.2, levels A and AA, and its own best practices, with the
 * elements that it is about.
 */
export async function findViolations(page: Page): Promise<string[]> {
  const source = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  // Through the debugger: the page itself lets in no script from elsewhere.
  await page.evaluate(source);
  const { violations } = await page.evaluate<AxeResult>('axe.run(document)');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
  );
}
