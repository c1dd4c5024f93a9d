import { join } from 'node:path';
import { requireNx } from './require-nx.ts';

/**
 * Where Nx 20.8 and later keep the terminal output of each task under its hash; null when Nx does
 * not tell. Nx has ever more rules for the place of its cache, and only it knows them all.
 */
export function terminalOutputsFolder(): string | null {
  try {
    const { cacheDir } = requireNx('nx/src/utils/cache-directory') as { cacheDir?: unknown };
    return typeof cacheDir === 'string' ? join(cacheDir, 'terminalOutputs') : null;
  } catch {
    return null;
  }
}
