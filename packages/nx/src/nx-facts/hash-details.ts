import type { HashInput, HashInputs } from '../agent/protocol/finished-command.ts';

/** What Nx 16 to 24 leave on a task beside its hash; custom hashers may leave anything. */
interface HashDetails {
  /** Hash of project, target, configuration and command line. */
  readonly command?: unknown;
  readonly nodes?: unknown;
  readonly implicitDeps?: unknown;
  readonly runtime?: unknown;
}

export interface HashedTask {
  readonly hash: string;
  readonly hashDetails?: unknown;
}

/** Name of the input that is the command itself, among names that are all Nx's. */
export const commandInput = 'command';

/**
 * Looking at one more costs a few dozen nanoseconds, and the command waits: tasks beyond this have no
 * inputs in the record.
 */
const maxInputs = 200_000;

/**
 * Gathers what Nx says of the inputs of tasks, each of them once. Tasks that come first are served
 * first.
 */
export function gatherHashInputs(
  tasks: readonly HashedTask[],
  { max = maxInputs }: { readonly max?: number } = {},
): HashInputs {
  const table: HashInput[] = [];
  /** The last place of each name: within a command an input hardly ever has two hashes. */
  const places = new Map<string, number>();
  const byTask: Record<string, number[]> = {};
  let left = max;

  function placeOf(name: string, hash: string): number {
    const known = places.get(name);
    if (known !== undefined && table[known]?.[1] === hash) return known;
    places.set(name, table.length);
    return table.push([name, hash]) - 1;
  }

  for (const { hash, hashDetails } of tasks) {
    const own: number[] = [];
    for (const [name, value] of inputsOf(hashDetails)) {
      if (own.length >= left) break;
      own.push(placeOf(name, value));
    }
    // Half of the inputs would show differences that there are not.
    if (own.length >= left) break;
    left -= own.length;
    if (own.length > 0) byTask[hash] = own;
  }
  return { table, byTask };
}

function* inputsOf(details: unknown): Generator<HashInput> {
  if (typeof details !== 'object' || details === null) return;
  const { command, nodes, implicitDeps, runtime } = details as HashDetails;
  if (typeof command === 'string') yield [commandInput, command];
  for (const group of [nodes, implicitDeps, runtime]) {
    if (typeof group !== 'object' || group === null) continue;
    for (const name in group) {
      const value = (group as Readonly<Record<string, unknown>>)[name];
      if (typeof value === 'string') yield [name, value];
    }
  }
}
