import type { PackageManifest } from '../nx-devkit.ts';

/**
 * The last name under which Nx 20 to 24 look for a cache, and one that npm has no package of; see
 * ADR 0018.
 */
const fastLaneName = '@nx/powerpack-azure-cache';
const aliasPrefix = 'npm:@larder/fast-lane@';

/** package.json with the fast lane of this version, under whatever name it has, or without it. */
export function changePackageJson(
  manifest: PackageManifest,
  { fastLane, version }: { readonly fastLane: boolean; readonly version: string },
): PackageManifest {
  const { dependencies, devDependencies } = manifest;
  if (!fastLane) {
    return {
      ...manifest,
      ...(dependencies && { dependencies: withoutFastLane(dependencies) }),
      ...(devDependencies && { devDependencies: withoutFastLane(devDependencies) }),
    };
  }
  const known = Object.entries({ ...dependencies, ...devDependencies });
  const [name] = known.find(([, range]) => range.startsWith(aliasPrefix)) ?? [fastLaneName];
  const alias = aliasPrefix + version;
  if (dependencies && name in dependencies) {
    return { ...manifest, dependencies: { ...dependencies, [name]: alias } };
  }
  return { ...manifest, devDependencies: { ...devDependencies, [name]: alias } };
}

function withoutFastLane(dependencies: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(dependencies).filter(([, range]) => !range.startsWith(aliasPrefix)),
  );
}
