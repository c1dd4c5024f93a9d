import { flagInTheWay } from '../../nx-facts/cache-flags.ts';
import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import { installedNxVersion, type NxVersion } from '../../nx-facts/nx-version.ts';
import { packageVersion } from '../../package-version.ts';
import { dataFolderOf, ignoreDataFolder } from '../gitignore/data-folder.ts';
import { readManifest, readNxJson, writeManifest, writeNxJson, type Tree } from '../nx-devkit.ts';
import { findSetups } from '../other-caches/find-setups.ts';
import { installPackages } from '../packages/install-packages.ts';
import { sayToken } from '../say-token.ts';
import { requestedOptions, type RequestedOptions } from '../requested-options.ts';
import { changeNxJson } from './change-nx-json.ts';
import { changePackageJson } from './change-package-json.ts';
import { withHint } from '../with-hint.ts';

/** See `init.schema.json`. */
export interface InitOptions extends RequestedOptions {
  readonly fastLane?: boolean;
  readonly skipInstall?: boolean;
}

/**
 * `nx generate @larder/nx:init`, which `nx add @larder/nx` runs too: adds Larder to nx.json and its
 * folder to `.gitignore`, and on request the fast lane to package.json. A second run with the same
 * options changes nothing. Takes no secrets, and so writes none.
 *
 * @returns what Nx calls when the files are written; null when nothing has to be installed.
 * @throws LarderError `LARDER_INIT_…`, `LARDER_OPTIONS_…`
 */
export default function init(tree: Tree, options: InitOptions): (() => void) | null {
  return withHint(() => initWorkspace(tree, options));
}

function initWorkspace(tree: Tree, options: InitOptions): (() => void) | null {
  const nxVersion = installedNxVersion();
  const after = changeNxJson(readNxJson(tree), requestedOptions(options), nxVersion);
  writeNxJson(tree, after);
  ignoreDataFolder(tree, dataFolderOf(after, nxVersion));
  const needsInstall = changeFastLane(tree, options);
  const tell = () => {
    for (const line of nextSteps(tree, after, nxVersion)) console.log(line);
  };
  if (needsInstall && options.skipInstall !== true) return installPackages(tree, tell);
  tell();
  return null;
}

/** @returns whether package.json has changed. */
function changeFastLane(tree: Tree, { fastLane }: InitOptions): boolean {
  if (fastLane === undefined) return false;
  const { major, minor } = installedNxVersion();
  const before = readManifest(tree);
  if (before === null) {
    if (fastLane) {
      console.log('Larder: the fast lane is for workspaces with a package.json, and is not added.');
    }
    return false;
  }
  if (fastLane && (major < 20 || major > 24)) {
    console.log(
      `Larder: the fast lane is for Nx 20 to 24, and is not added to a workspace with Nx ${major}.${minor}.`,
    );
    return false;
  }
  return writeManifest(tree, changePackageJson(before, { fastLane, version: packageVersion() }));
}

function nextSteps(tree: Tree, nxJson: NxJson, nxVersion: NxVersion): string[] {
  const others = findSetups(nxJson, readManifest(tree)).map(({ setup }) => setup.title);
  const flag = flagInTheWay(nxJson, nxVersion);
  return [
    ...(others.length === 0
      ? []
      : [
          `Larder: this workspace is also set up for ${others.join(', ')}. Run "nx generate @larder/nx:migrate", which puts Larder in its place.`,
        ]),
    ...(flag === null
      ? []
      : [
          `Larder: with "${flag}" in nx.json Nx ${nxVersion.major} does not ask Larder. Remove it.`,
        ]),
    sayToken(nxJson),
  ];
}
