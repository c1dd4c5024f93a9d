import { createHash } from 'node:crypto';
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

/** The command waits while it is gathered: tasks beyond this have no inputs in the record. */
const maxInputs = 50_000;

/** Nx 16 keeps what a command has printed where others have a hash of it. */
const runtimePrefix = 'runtime:';

/**
 * Gathers what Nx says of the inputs of tasks, each of them once. Tasks that come first are served
 * first, and each has all of its inputs or none.
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

  function placeOf(name: string, value: string): number {
    const known = places.get(name) ?? -1;
    if (table[known]?.[1] === value) return known;
    const hash = hashOf(name, value);
    if (table[known]?.[1] === hash) return known;
    places.set(name, table.length);
    return table.push([name, hash]) - 1;
  }

  for (const { hash, hashDetails } of tasks) {
    const groups = groupsOf(hashDetails);
    const count = groups.reduce((sum, group) => sum + group.names.length, 0);
    if (count > left) break;
    left -= count;
    const own: number[] = [];
    for (const { names, values } of groups) {
      for (const name of names) {
        const value = values[name];
        if (typeof value === 'string') own.push(placeOf(name, value));
      }
    }
    if (own.length > 0) byTask[hash] = own;
  }
  return { table, byTask };
}

interface InputGroup {
  readonly names: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

function groupsOf(details: unknown): InputGroup[] {
  if (typeof details !== 'object' || details === null) return [];
  const { command, nodes, implicitDeps, runtime } = details as HashDetails;
  return [{ [commandInput]: command }, nodes, implicitDeps, runtime].flatMap((group) => {
    if (typeof group !== 'object' || group === null) return [];
    return { names: Object.keys(group), values: group as Readonly<Record<string, unknown>> };
  });
}

function hashOf(name: string, value: string): string {
  if (!name.startsWith(runtimePrefix) || /^\d+$/.test(value)) return value;
  return createHash('sha256').update(value).digest('hex');
}
