import { readFile } from 'node:fs/promises';
import { readKeptResults } from '../report/report-files.ts';
import { answerCapacity } from './answer-capacity.ts';
import { describeAssumptions } from './assumption-rows.ts';
import { DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { formatAssumptions, formatCapacity } from './capacity-tables.ts';
import { findClusterCosts, findMeasuredCosts } from './measured-costs.ts';
import { operationsPage, replaceSection } from './operations-page.ts';

describe('docs/operations.md', () => {
  it('has the tables that the model makes: "npm run bench:capacity -- --write"', async () => {
    const page = await readFile(operationsPage, 'utf8');
    const results = await readKeptResults();
    const basis = {
      assumptions: DEFAULT_ASSUMPTIONS,
      measured: findMeasuredCosts(results),
      clusterCosts: findClusterCosts(results),
    };
    const assumptions = formatAssumptions(describeAssumptions(DEFAULT_ASSUMPTIONS));
    const capacity = formatCapacity([1_000, 50_000].map((count) => answerCapacity(count, basis)));
    const withAssumptions = await replaceSection(page, 'assumptions', assumptions);
    expect(await replaceSection(withAssumptions, 'capacity', capacity)).toBe(page);
  });
});

it('a part is replaced, and nothing else', async () => {
  const page = '# A\n\n<!-- capacity -->\n\nold\n\n<!-- end of capacity -->\n\nrest\n';
  const replaced = await replaceSection(page, 'capacity', 'new');
  expect(replaced).toBe(page.replace('old', 'new'));
  await expect(replaceSection(page, 'assumptions', 'new')).rejects.toThrow('assumptions');
});
