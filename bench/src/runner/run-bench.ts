import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '@larder/e2e/repository';
import { type Cost } from '../processes/cost.ts';
import { createInTurns, leastRounds, type TurnsPolicy } from '../quiet/in-turns.ts';
import { type Area, type Bench, type BenchContext, type BenchResult } from './bench.ts';
import { formatMeasure } from './format-measure.ts';
import { describeMachine, type Machine } from './machine.ts';
import { readPackageVersions } from './package-versions.ts';

/** Ignored by git. */
export const resultsFolder = join(repositoryRoot, 'bench', 'results');

/** What a file of results holds. */
export interface StoredResult extends BenchResult {
  readonly name: string;
  readonly area: Area;
  readonly title: string;
  readonly question: string;
  /** ISO 8601. */
  readonly date: string;
  readonly durationMs: number;
  readonly machine: Machine;
  readonly packages: Readonly<Record<string, string>>;
  /** Whether the machine was watched: otherwise its figures are no claim. */
  readonly isTrusted: boolean;
  /** Of each time that subjects were measured in turns. */
  readonly rounds: readonly RoundCount[];
}

export interface RoundCount {
  /** At least. */
  readonly wanted: number;
  readonly taken: number;
}

/**
 * Runs a bench, prints what it measured and keeps it as JSON.
 *
 * @throws MachineBusyError when the machine has other work: there is no result then.
 */
export async function runBench(
  { run, ...bench }: Bench,
  policy: Omit<TurnsPolicy, 'onProgress'>,
): Promise<StoredResult> {
  console.log(`\n${bench.name}: ${bench.question}`);
  const folder = await mkdtemp(join(tmpdir(), 'larder-bench-'));
  const startedAt = performance.now();
  const onProgress = (text: string) => {
    console.log(`  … ${text}`);
  };
  try {
    const rounds: RoundCount[] = [];
    const measureInTurns = createInTurns({ ...policy, onProgress });
    const inTurns: BenchContext['inTurns'] = async (subjects, options) => {
      const turns = await measureInTurns(subjects, options);
      const [taken = []] = Object.values<readonly Cost[]>(turns);
      rounds.push({ wanted: leastRounds(options.rounds), taken: taken.length });
      return turns;
    };
    const result = await run({ folder, onProgress, inTurns });
    for (const measure of result.measures) console.log(`  ${formatMeasure(measure)}`);
    for (const note of result.notes ?? []) console.log(`  ${note}`);
    const stored: StoredResult = {
      ...bench,
      date: new Date().toISOString(),
      durationMs: Math.round(performance.now() - startedAt),
      machine: describeMachine(),
      packages: { ...readPackageVersions(), ...result.peers },
      isTrusted: !policy.acceptsBusyMachine,
      rounds,
      ...result,
    };
    await keep(stored);
    return stored;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function keep(result: StoredResult): Promise<void> {
  await mkdir(resultsFolder, { recursive: true });
  const file = join(resultsFolder, `${result.name}.json`);
  await writeFile(file, JSON.stringify(result, null, 2) + '\n');
}
