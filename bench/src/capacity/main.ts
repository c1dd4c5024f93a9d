// `npm run bench:capacity`: what 1,000 and 50,000 developers need, and whether a day that is played agrees.
// `-- --developers=3000` asks about other numbers, `--assumptions=<file>` takes values of a JSON file in
// place of those in assumptions.ts, `--seed=7` plays other days, `--write` puts the tables into
// docs/operations.md. Ends with exit code 1 when a figure of the model does not hold.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readKeptResults } from '../report/report-files.ts';
import { answerCapacity, type CapacityBasis, playDay } from './answer-capacity.ts';
import { describeAssumptions } from './assumption-rows.ts';
import { DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { formatAssumptions, formatCapacity, formatPlayedDays } from './capacity-tables.ts';
import { formatCount } from './format-figures.ts';
import { findClusterCosts, findMeasuredCosts } from './measured-costs.ts';
import { operationsPage, replaceSection, type Section, SECTIONS } from './operations-page.ts';
import { readAssumptions } from './read-assumptions.ts';

const DEVELOPERS = ['1000', '50000'];
const SEED = '1';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      developers: { type: 'string', multiple: true, default: DEVELOPERS },
      assumptions: { type: 'string' },
      seed: { type: 'string', default: SEED },
      write: { type: 'boolean', default: false },
    },
  });
  const [seed = NaN, ...developers] = [values.seed, ...values.developers].map(Number);
  if (![seed, ...developers].every((each) => Number.isInteger(each) && each > 0)) {
    throw new Error('--developers and --seed must be whole numbers above 0.');
  }
  const results = await readKeptResults();
  const basis: CapacityBasis = {
    assumptions:
      values.assumptions === undefined
        ? DEFAULT_ASSUMPTIONS
        : await readAssumptions(values.assumptions, DEFAULT_ASSUMPTIONS),
    measured: findMeasuredCosts(results),
    clusterCosts: findClusterCosts(results),
  };
  const sections = {
    assumptions: formatAssumptions(describeAssumptions(basis.assumptions)),
    capacity: formatCapacity(developers.map((count) => answerCapacity(count, basis))),
  };
  console.log(`${sections.assumptions}\n\n${sections.capacity}\n`);
  const days = developers.map((count) => playDay(count, basis, { seed }));
  const played = formatPlayedDays(days);
  console.log(played);
  for (const { developers: count, simulated } of days) {
    const { peakMinuteRequestsPerSecond: busiest, greatestUtilization } = simulated;
    console.log(
      `${formatCount(count)} developers: ${formatCount(busiest)} requests a second in the busiest minute, ` +
        `the busiest replica's core at ${Math.round(greatestUtilization * 100)} %.`,
    );
  }
  if (values.write) await write({ ...sections, 'played-days': played });
  const isTrue = days.every(({ comparisons }) => comparisons.every(({ holds }) => holds));
  return isTrue ? 0 : 1;
}

async function write(sections: Readonly<Record<Section, string>>): Promise<void> {
  let page = await readFile(operationsPage, 'utf8');
  for (const section of SECTIONS) page = await replaceSection(page, section, sections[section]);
  await writeFile(operationsPage, page);
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
