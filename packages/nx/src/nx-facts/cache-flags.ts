import type { NxJson } from './nx-contexts.ts';
import { hasHooksDoor, type NxVersion } from './nx-version.ts';

/**
 * The flag in nx.json with which this version of Nx does not ask Larder, or null. `useLegacyCache`
 * is on wherever Nx's migration to 20 has been run, and turns the cache off that plugins are for.
 * `enableDbCache` turns the one on that Nx 19 asks no tasks runner with. Source: Nx's cache.js.
 */
export function flagInTheWay(
  nxJson: NxJson,
  nxVersion: NxVersion,
): 'useLegacyCache' | 'enableDbCache' | null {
  if (nxJson.useLegacyCache === true && nxVersion.major === 20 && hasHooksDoor(nxVersion)) {
    return 'useLegacyCache';
  }
  return nxJson.enableDbCache === true && nxVersion.major < 20 ? 'enableDbCache' : null;
}
