import { parseArgs } from 'node:util';

/** One for each way in which Nx asks for artifacts by its HTTP client: in batches, by polling, by slot. */
const DEFAULT_NX_VERSIONS = ['24.0.6', '22.7.12', '21.6.11'];

export interface LoadOptions {
  readonly nxVersions: readonly string[];
  readonly tasks: number;
  readonly rounds: number;
  /** `--parallel` of the commands. */
  readonly parallel: number;
  /** Processes that do nothing but burn CPU beside them. */
  readonly busyLoops: number;
}

/** Reads `--tasks=500 --rounds=10 --parallel=8 --busy-loops=2` and the versions of Nx after them. */
export function parseLoadOptions(args: readonly string[]): LoadOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tasks: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '10' },
      parallel: { type: 'string', default: '8' },
      'busy-loops': { type: 'string', default: '2' },
    },
  });
  return {
    nxVersions: positionals.length > 0 ? positionals : DEFAULT_NX_VERSIONS,
    tasks: wholeNumber('tasks', values.tasks, 1),
    rounds: wholeNumber('rounds', values.rounds, 1),
    parallel: wholeNumber('parallel', values.parallel, 1),
    busyLoops: wholeNumber('busy-loops', values['busy-loops'], 0),
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`--${name} must be a whole number from ${least} on, not "${text}".`);
  }
  return value;
}
