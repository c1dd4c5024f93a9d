/** Nx's own default number of tasks that run at the same time. */
const defaultParallel = 3;

export interface ParallelSources {
  /** Command line of the Nx command. */
  readonly argv: readonly string[];
  /** Value of `NX_PARALLEL`. */
  readonly environment: string | null;
  /** `parallel` of nx.json. */
  readonly nxJson: string | number | boolean | null;
}

/**
 * How many tasks the command may run at the same time, read the way Nx reads it. What cannot be
 * understood counts as 1, which makes nothing wrong: it only makes durations wait for exact ones.
 */
export function parallelLimit({ argv, environment, nxJson }: ParallelSources): number {
  const setting = fromCommandLine(argv) ?? environment ?? nxJson ?? defaultParallel;
  const text = String(setting);
  if (text === '' || text === 'true') return defaultParallel;
  const parallel = Number(text);
  return Number.isInteger(parallel) && parallel >= 1 ? parallel : 1;
}

function fromCommandLine(argv: readonly string[]): string | null {
  for (const [index, argument] of argv.entries()) {
    if (argument === '--') return null;
    if (argument.startsWith('--parallel=')) return argument.slice('--parallel='.length);
    if (argument.startsWith('--maxParallel=')) return argument.slice('--maxParallel='.length);
    if (argument === '--no-parallel') return '1';
    if (argument === '--parallel') {
      const next = argv[index + 1];
      return next !== undefined && /^\d+%?$/.test(next) ? next : '';
    }
  }
  return null;
}
