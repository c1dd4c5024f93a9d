import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, isBroken, type Measure } from './bench.ts';
import { describeMachine } from './machine.ts';
import { readPackageVersions } from './package-versions.ts';

/** Beside `dist`; ignored by git. */
const RESULTS_FOLDER = join(__dirname, '..', '..', 'results');

/** Runs a bench, prints what it measured and keeps it as JSON; false when a promise is broken. */
export async function runBench({ name, question, run }: Bench): Promise<boolean> {
  console.log(`\n${name}: ${question}`);
  const { measures } = await run();
  for (const measure of measures) console.log(`  ${formatMeasure(measure)}`);
  await mkdir(RESULTS_FOLDER, { recursive: true });
  const result = {
    name,
    date: new Date().toISOString(),
    machine: describeMachine(),
    packages: readPackageVersions(),
    measures,
  };
  const file = join(RESULTS_FOLDER, `${name}.json`);
  await writeFile(file, JSON.stringify(result, null, 2) + '\n');
  return !measures.some(isBroken);
}

function formatMeasure(measure: Measure): string {
  const { what, value, unit, bound } = measure;
  const text = `${what.padEnd(36)}${String(value).padStart(8)} ${unit}`;
  if (bound === undefined) return text;
  return `${text.padEnd(52)}${isBroken(measure) ? 'BROKEN' : 'ok'} (at most ${bound})`;
}
