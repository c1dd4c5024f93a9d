import type { PackageList, PackageManifest } from '../nx-devkit.ts';

/** Whether to leave a package out, by its name and the version that is wanted. */
export type PackageFilter = (name: string, range: string) => boolean;

const lists = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** package.json without some packages; the very same when it has none of them. */
export function withoutPackages(
  manifest: PackageManifest,
  isLeftOut: PackageFilter,
): PackageManifest {
  return lists.reduce((changed, list) => {
    const before = changed[list];
    const after = before && withoutListed(before, isLeftOut);
    return after === before ? changed : { ...changed, [list]: after };
  }, manifest);
}

/** The very same list when nothing is left out. */
export function withoutListed(list: PackageList, isLeftOut: PackageFilter): PackageList {
  const entries = Object.entries(list);
  const kept = entries.filter(([name, range]) => !isLeftOut(name, range));
  return kept.length === entries.length ? list : Object.fromEntries(kept);
}

/** The packages of a manifest, each once. */
export function listedPackages(manifest: PackageManifest): PackageList {
  return Object.assign({}, ...lists.map((list) => manifest[list])) as PackageList;
}
