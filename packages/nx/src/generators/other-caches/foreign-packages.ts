import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import type { PackageList, PackageManifest } from '../nx-devkit.ts';
import { isFastLaneAlias } from '../packages/fast-lane-alias.ts';
import { listedPackages } from '../packages/without-packages.ts';
import { setupOf } from './known-setups.ts';

/** Whether a package is another cache; the fast lane stands under such a name and is none. */
export function isForeignPackage(name: string, range: string): boolean {
  return setupOf(name) !== null && !isFastLaneAlias(range);
}

/** The other caches that the workspace lists, wherever its Nx has it keep packages. */
export function foreignPackages(nxJson: NxJson, manifest: PackageManifest | null): string[] {
  const packages: PackageList = {
    ...(manifest && listedPackages(manifest)),
    ...nxJson.installation?.plugins,
  };
  return Object.entries(packages)
    .filter(([name, range]) => isForeignPackage(name, range))
    .map(([name]) => name);
}
