/** Nx's own default number of tasks that run at the same time. */
const defaultParallel = '3';

export interface ParallelSources {
  /** Command line of the Nx command. */
  readonly argv: readonly string[];
  /** Value of `NX_PARALLEL`. */
  readonly environment: string | null;
  /** `parallel` of nx.json. */
  readonly nxJson: string | number | boolean | null;
}

/**
 * How many tasks the command may run at the same time, read the way Nx reads it: a command line
 * that only asks for parallel tasks leaves their number to `--maxParallel` and `NX_PARALLEL`.
 * What cannot be understood counts as 1, which makes nothing wrong: it only makes durations wait
 * for exact ones.
 */
export function parallelLimit({ argv, environment, nxJson }: ParallelSources): number {
  const { parallel, maxParallel } = readCommandLine(argv);
  if (parallel !== null && !isUnnumbered(parallel)) return toLimit(parallel);
  if (parallel !== null || environment !== null) {
    return toLimit(maxParallel ?? environment ?? defaultParallel);
  }
  const configured = String(nxJson ?? '');
  return toLimit(isUnnumbered(configured) ? (maxParallel ?? defaultParallel) : configured);
}

function isUnnumbered(setting: string): boolean {
  return setting === '' || setting === 'true';
}

function toLimit(setting: string): number {
  const limit = Number(setting);
  return Number.isInteger(limit) && limit >= 1 ? limit : 1;
}

interface ParallelArguments {
  readonly parallel: string | null;
  readonly maxParallel: string | null;
}

function readCommandLine(argv: readonly string[]): ParallelArguments {
  let parallel: string | null = null;
  let maxParallel: string | null = null;
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  for (const [index, argument] of own.entries()) {
    const [, name, value] =
      /^--(parallel|maxParallel|max-parallel)(?:=(.*))?$/.exec(argument) ?? [];
    if (argument === '--no-parallel') parallel = 'false';
    if (name === undefined) continue;
    const given = value ?? numberIn(own[index + 1]);
    if (name === 'parallel') parallel = given;
    else maxParallel = given;
  }
  return { parallel, maxParallel };
}

/** The value of an option that stands in an argument of its own; '' when that is another matter. */
function numberIn(argument: string | undefined): string {
  return argument !== undefined && /^\d+%?$/.test(argument) ? argument : '';
}
