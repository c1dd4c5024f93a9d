import { installedNxVersion } from '../../nx-facts/nx-version.ts';
import { dataFolderOf, forgetDataFolder } from '../gitignore/data-folder.ts';
import { readManifest, readNxJson, writeManifest, writeNxJson, type Tree } from '../nx-devkit.ts';
import { isFastLaneAlias } from '../packages/fast-lane-alias.ts';
import { installPackages } from '../packages/install-packages.ts';
import { withoutInstalled } from '../packages/without-installed.ts';
import { withoutPackages, type PackageFilter } from '../packages/without-packages.ts';
import { withHint } from '../with-hint.ts';
import { removeFromNxJson } from './remove-from-nx-json.ts';

/** See `remove.schema.json`. */
export interface RemoveOptions {
  readonly keepPackage?: boolean;
  readonly skipInstall?: boolean;
}

/**
 * `nx generate @larder/nx:remove`: takes Larder out of nx.json, `.gitignore` and package.json, the
 * fast lane included. Everything else stays as it is.
 *
 * @returns what Nx calls when the files are written; null when nothing has to be installed.
 * @throws LarderError `LARDER_NX_VERSION_UNKNOWN`
 */
export default function remove(tree: Tree, options: RemoveOptions): (() => void) | null {
  return withHint(() => removeFromWorkspace(tree, options));
}

function removeFromWorkspace(tree: Tree, options: RemoveOptions): (() => void) | null {
  const isLarderPackage: PackageFilter = (name, range) =>
    isFastLaneAlias(range) || (name === '@larder/nx' && options.keepPackage !== true);
  const before = readNxJson(tree);
  const nxVersion = installedNxVersion();
  const folder = dataFolderOf(before, nxVersion);
  writeNxJson(tree, withoutInstalled(removeFromNxJson(before, nxVersion), isLarderPackage));
  forgetDataFolder(tree, folder);
  const manifest = readManifest(tree);
  const needsInstall =
    manifest !== null && writeManifest(tree, withoutPackages(manifest, isLarderPackage));
  const tell = () => {
    console.log(whatIsLeft(folder));
  };
  if (needsInstall && options.skipInstall !== true) return installPackages(tree, tell);
  tell();
  return null;
}

function whatIsLeft(folder: string | null): string {
  return [
    'Larder: removed. What is left to do by hand: remove the variables LARDER_… where commands run',
    folder === null ? '' : `, delete ${folder} when no command runs`,
    ', and revoke tokens that nobody needs any more.',
  ].join('');
}
