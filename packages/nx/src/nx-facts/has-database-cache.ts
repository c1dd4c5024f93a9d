import type { NxJson } from './nx-contexts.ts';
import { requireNx } from './require-nx.ts';

/**
 * Whether Nx 20 keeps its cache with a database, as it does unless it is told otherwise: only then
 * does it look for caches that are packages.
 */
export function hasDatabaseCache(nxJson: NxJson): boolean {
  try {
    const { dbCacheEnabled } = requireNx('nx/src/tasks-runner/cache') as {
      dbCacheEnabled?: (nxJson: NxJson) => boolean;
    };
    return dbCacheEnabled?.(nxJson) ?? false;
  } catch {
    return false;
  }
}
