// `npm run bench:report`: writes docs/performance.md, its plots and the results that it stands on. Ends
// with exit code 1 when a result may not be shown; the others are shown nevertheless.
import { resultsFolder } from '../runner/run-bench.ts';
import { mergeResults } from './merge-results.ts';
import { createPage } from './page.ts';
import { readKeptResults, readResults, writePage } from './report-files.ts';

async function main(): Promise<number> {
  const kept = await readKeptResults();
  const { results, refusals } = mergeResults(kept, await readResults(resultsFolder));
  await writePage(await createPage(results));
  for (const refusal of refusals) console.error(refusal);
  const isNew = (name: string, date: string) =>
    !kept.some((result) => result.name === name && result.date === date);
  for (const { name, date } of results) {
    console.log(`${name}: ${date.slice(0, 10)}${isNew(name, date) ? ', new' : ''}`);
  }
  return refusals.length === 0 ? 0 : 1;
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
