import type { PackageManifest } from '../nx-devkit.ts';
import { fastLaneAlias, fastLaneName, isFastLaneAlias } from '../packages/fast-lane-alias.ts';
import { listedPackages, withoutPackages } from '../packages/without-packages.ts';

/** package.json with the fast lane of this version, under whatever name it has, or without it. */
export function changePackageJson(
  manifest: PackageManifest,
  { fastLane, version }: { readonly fastLane: boolean; readonly version: string },
): PackageManifest {
  if (!fastLane) return withoutPackages(manifest, (_, range) => isFastLaneAlias(range));
  const known = Object.entries(listedPackages(manifest));
  const [name] = known.find(([, range]) => isFastLaneAlias(range)) ?? [fastLaneName];
  const alias = fastLaneAlias(version);
  const { dependencies, devDependencies } = manifest;
  if (dependencies && name in dependencies) {
    return { ...manifest, dependencies: { ...dependencies, [name]: alias } };
  }
  return { ...manifest, devDependencies: { ...devDependencies, [name]: alias } };
}
