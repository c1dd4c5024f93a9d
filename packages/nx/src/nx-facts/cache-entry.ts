// How Nx keeps the result of a task in `<cache folder>/<task hash>/`, in either of two layouts.

/**
 * `parts`: the file-based cache (Nx 16 to 20). The folder holds {@link cacheEntryParts}, and
 * `<task hash>.commit` beside it, written last, says that it is complete.
 * `outputs`: the cache with a database (Nx 20 and later). The folder holds the outputs and nothing
 * else; the {@link TaskResult} is in the database.
 */
export type EntryLayout = 'parts' | 'outputs';

/** What an entry is made of, and an artifact. An entry's `source`, the machine's id, stays at home. */
export const cacheEntryParts = ['code', 'terminalOutput', 'outputs'] as const;

/** The parts that Nx reads without asking whether they are there. */
export const requiredEntryParts = ['code', 'terminalOutput'] as const;
export type RequiredEntryPart = (typeof requiredEntryParts)[number];

/** The file without which Nx takes an entry of the layout `parts` for absent. */
export function commitFileOf(entryFolder: string): string {
  return `${entryFolder}.commit`;
}

/** What there is to a task's result besides its outputs. */
export interface TaskResult {
  /** The exit code. */
  readonly code: number;
  readonly terminalOutput: string;
}
