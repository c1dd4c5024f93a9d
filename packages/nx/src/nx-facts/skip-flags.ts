import type { NxTask } from './nx-contexts.ts';

/** Nx's flags that turn its cache off for a command, or the remote one, in all their spellings. */
const skipFlags = [
  'skip-nx-cache',
  'skipNxCache',
  'disable-nx-cache',
  'disableNxCache',
  'skip-remote-cache',
  'skipRemoteCache',
  'disable-remote-cache',
  'disableRemoteCache',
] as const;

const flagPattern = new RegExp(`^--(no-)?(${skipFlags.join('|')})(?:=(.*))?$`);
const unparsedName = '__overrides_unparsed__';

/** Whether a command line tells Nx to do without its cache, or without the remote one. */
export function skipsCache(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  return own.some((argument, index) => {
    const [, negation, name, value = own[index + 1]] = flagPattern.exec(argument) ?? [];
    return name !== undefined && (value === 'false') === (negation !== undefined);
  });
}

/**
 * Takes the flags back from tasks. Nx before 20.4 knows `--skip-remote-cache` no more than any other
 * flag of somebody else's, so it hands it on to the tasks, whose programs may refuse it, and whose
 * hashes it changes. Tasks that lose their hash here are hashed again by Nx's runner. With `--` in
 * the command line Nx hands on only what follows, and that is meant for the tasks.
 */
export function withdrawSkipFlags(
  argv: readonly string[],
  tasks: Readonly<Record<string, NxTask>>,
): void {
  if (argv.includes('--') || !argv.some((argument) => flagPattern.test(argument))) return;
  for (const task of Object.values(tasks)) {
    const names = Object.keys(task.overrides ?? {});
    if (!names.some(isSkipFlag)) continue;
    const rest = Object.entries(task.overrides ?? {}).filter(([name]) => !isSkipFlag(name));
    task.overrides = Object.fromEntries(
      rest.map(([name, value]) => [
        name,
        name === unparsedName && Array.isArray(value) ? withoutFlags(value) : value,
      ]),
    );
    delete task.hash;
    delete task.hashDetails;
  }
}

function isSkipFlag(name: string): boolean {
  return skipFlags.some((flag) => flag === name);
}

function withoutFlags(unparsed: readonly unknown[]): unknown[] {
  const isFlag = (argument: unknown) => typeof argument === 'string' && flagPattern.test(argument);
  return unparsed.filter((argument, index) => {
    const before = unparsed[index - 1];
    const isValue = argument === 'true' || argument === 'false';
    return !isFlag(argument) && !(isValue && isFlag(before) && !String(before).includes('='));
  });
}
