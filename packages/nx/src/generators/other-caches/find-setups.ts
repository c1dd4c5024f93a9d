import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import type { PackageManifest } from '../nx-devkit.ts';
import type { CacheSetup, ForeignOptions } from './cache-setup.ts';
import { foreignPackages } from './foreign-packages.ts';
import { knownSetups, setupOf } from './known-setups.ts';
import { findForeignEntries, type ForeignEntry } from './runner-entries.ts';

/** Another cache in a workspace, and where it shows. */
export interface FoundSetup {
  readonly setup: CacheSetup;
  /** Entries of `tasksRunnerOptions` that it is the runner of, or has options in. */
  readonly entries: readonly ForeignEntry[];
  /** Its options under keys of nx.json. */
  readonly keys: Readonly<Record<string, ForeignOptions>>;
  /** Its packages, in package.json or in nx.json where Nx keeps them there. */
  readonly packages: readonly string[];
}

/** The other caches of a workspace, as far as its files tell and Larder knows them. */
export function findSetups(nxJson: NxJson, manifest: PackageManifest | null): FoundSetup[] {
  const packages = foreignPackages(nxJson, manifest);
  const entries = findForeignEntries(nxJson, packages);
  return knownSetups
    .map((setup) => ({
      setup,
      entries: entries.filter((entry) => entry.setup === setup),
      keys: keysOf(setup, nxJson),
      packages: packages.filter((name) => setupOf(name) === setup),
    }))
    .filter((found) => {
      const places = [...found.entries, ...Object.keys(found.keys), ...found.packages];
      return places.length > 0;
    });
}

function keysOf({ keys }: CacheSetup, nxJson: NxJson): Record<string, ForeignOptions> {
  const values = nxJson as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = values[key];
      return typeof value === 'object' && value !== null ? [[key, value as ForeignOptions]] : [];
    }),
  );
}
