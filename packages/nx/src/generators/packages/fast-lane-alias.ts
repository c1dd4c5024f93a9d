/**
 * The last name under which Nx 20 to 24 look for a cache, and one that npm has no package of; see
 * ADR 0018.
 */
export const fastLaneName = '@nx/powerpack-azure-cache';

const aliasPrefix = 'npm:@larder/fast-lane@';

export function fastLaneAlias(version: string): string {
  return aliasPrefix + version;
}

/** Whether a package's version is the fast lane's alias, whatever name it stands under. */
export function isFastLaneAlias(range: string): boolean {
  return range.startsWith(aliasPrefix);
}
