import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import { installedNxVersion } from '../../nx-facts/nx-version.ts';
import type { LarderOptions } from '../../options/larder-options.ts';
import { dataFolderOf, ignoreDataFolder } from '../gitignore/data-folder.ts';
import { larderOptionsIn } from '../larder-options-in.ts';
import { readManifest, readNxJson, writeManifest, writeNxJson, type Tree } from '../nx-devkit.ts';
import { findSetups, type FoundSetup } from '../other-caches/find-setups.ts';
import { serverVariable, type FoundVariable } from '../other-caches/find-variables.ts';
import { isForeignPackage } from '../other-caches/foreign-packages.ts';
import { findWorkspaceVariables } from '../other-caches/variable-files.ts';
import { installPackages } from '../packages/install-packages.ts';
import { withoutPackages } from '../packages/without-packages.ts';
import { requestedOptions, type RequestedOptions } from '../requested-options.ts';
import { handWork, type HandWorkInputs } from './hand-work.ts';
import { assertKnownRunner, replaceCaches } from './replace-caches.ts';
import { formatMigration } from './format-migration.ts';
import { takenOptions } from './taken-options.ts';
import { withHint } from '../with-hint.ts';

/** See `migrate.schema.json`. */
export interface MigrateOptions extends RequestedOptions {
  readonly skipInstall?: boolean;
}

/** What a workspace's files say of other caches. */
interface OtherCaches {
  readonly setups: readonly FoundSetup[];
  readonly variables: readonly FoundVariable[];
}

/**
 * `nx generate @larder/nx:migrate`: puts Larder in the place of other remote caches in nx.json,
 * removes their packages from package.json, and tells what is left to do by hand. A second run
 * changes nothing. Neither moves nor prints secrets.
 *
 * @returns what Nx calls when the files are written; null when nothing has to be installed.
 * @throws LarderError `LARDER_MIGRATE_…`, `LARDER_OPTIONS_…`
 */
export default function migrate(tree: Tree, options: MigrateOptions): (() => void) | null {
  return withHint(() => migrateWorkspace(tree, options));
}

function migrateWorkspace(tree: Tree, options: MigrateOptions): (() => void) | null {
  const nxJson = readNxJson(tree);
  const manifest = readManifest(tree);
  assertKnownRunner(nxJson);
  const requested = requestedOptions(options);
  const caches: OtherCaches = {
    setups: findSetups(nxJson, manifest),
    variables: findWorkspaceVariables(tree),
  };
  if (!hasOtherCache(caches)) {
    sayNothingFound({ ...caches, manifest });
    return null;
  }
  const present = larderOptionsIn(nxJson);
  const taken = takenOptions({ ...caches, requested, present });
  const replaced = replaceInNxJson(tree, nxJson, { caches, options: { ...taken, ...requested } });
  const needsInstall =
    manifest !== null && writeManifest(tree, withoutPackages(manifest, isForeignPackage));
  const tell = () => {
    console.log(formatMigration({ ...caches, manifest, taken, before: nxJson, after: replaced }));
  };
  if (needsInstall && options.skipInstall !== true) return installPackages(tree, tell);
  tell();
  return null;
}

/** Variables alone are a cache only where they are all that Nx needs for one. */
function hasOtherCache({ setups, variables }: OtherCaches): boolean {
  return setups.length > 0 || variables.some(({ name }) => name === serverVariable);
}

function replaceInNxJson(
  tree: Tree,
  before: NxJson,
  { caches, options }: { caches: OtherCaches; options: LarderOptions },
): NxJson {
  const nxVersion = installedNxVersion();
  const after = replaceCaches(before, { setups: caches.setups, options, nxVersion });
  writeNxJson(tree, after);
  ignoreDataFolder(tree, dataFolderOf(after, nxVersion));
  return after;
}

function sayNothingFound(found: HandWorkInputs): void {
  console.log(
    'Larder: found no other remote cache that it knows, and changed nothing. "nx generate @larder/nx:init" sets Larder up.',
  );
  for (const line of handWork(found)) console.log(`Larder: ${line}`);
}
