// How an entry of Nx's file-based cache (Nx 16 to 20) lies on disk: `<cache folder>/<task hash>/`
// holds its parts, and `<task hash>.commit` beside it, written last, says that it is complete.

/** What an entry is made of. Its `source`, the machine's id, stays at home. */
export const cacheEntryParts = ['code', 'terminalOutput', 'outputs'] as const;

/** The parts that Nx reads without asking whether they are there. */
export const requiredEntryParts = ['code', 'terminalOutput'] as const;

/** The file without which Nx takes an entry for absent. */
export function commitFileOf(entryFolder: string): string {
  return `${entryFolder}.commit`;
}
