import { execSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { installedNxVersion } from '../../nx-facts/nx-version.ts';
import type { CacheMode, LarderOptions } from '../../options/larder-options.ts';
import { parseMode, parseText, parseUrl } from '../../options/option-value.ts';
import { packageVersion } from '../../package-version.ts';
import { nxDevkit, type Tree } from '../nx-devkit.ts';
import { changeNxJson } from './change-nx-json.ts';
import { changePackageJson } from './change-package-json.ts';

/** See `init.schema.json`. */
export interface InitOptions {
  readonly url?: string;
  readonly team?: string;
  readonly mode?: CacheMode;
  readonly fastLane?: boolean;
  readonly skipInstall?: boolean;
}

/**
 * `nx generate @larder/nx:init`: adds Larder to nx.json, and on request the fast lane to
 * package.json. A second run with the same options changes nothing. Takes no secrets, and so writes
 * none.
 *
 * @returns what Nx calls when the files are written; null when nothing has to be installed.
 * @throws LarderError `LARDER_INIT_…`, `LARDER_OPTIONS_…`
 */
export default function init(tree: Tree, options: InitOptions): (() => void) | null {
  const nx = nxDevkit();
  const nxVersion = installedNxVersion();
  const before = nx.readNxJson(tree) ?? {};
  const after = changeNxJson(before, larderOptions(options), nxVersion);
  if (!isDeepStrictEqual(after, before)) nx.updateNxJson(tree, after);
  const needsInstall = changeFastLane(tree, options);
  const install = needsInstall && options.skipInstall !== true;
  if (!install) {
    sayNextStep();
    return null;
  }
  return () => {
    const { install: command } = nx.getPackageManagerCommand(nx.detectPackageManager(tree.root));
    execSync(command, { cwd: tree.root, stdio: 'inherit' });
    sayNextStep();
  };
}

function larderOptions({ url, team, mode }: InitOptions): LarderOptions {
  const source = 'the command line';
  const name = team?.startsWith('team_') === true ? 'teamId' : 'slug';
  return {
    ...(url === undefined ? {} : { url: parseUrl({ name: 'url', value: url, source }) }),
    ...(team === undefined ? {} : { [name]: parseText({ name, value: team, source }) }),
    ...(mode === undefined ? {} : { mode: parseMode({ name: 'mode', value: mode, source }) }),
  };
}

/** @returns whether package.json has changed. */
function changeFastLane(tree: Tree, { fastLane }: InitOptions): boolean {
  if (fastLane === undefined || !tree.exists('package.json')) return false;
  const { major, minor } = installedNxVersion();
  if (fastLane && (major < 20 || major > 24)) {
    console.log(
      `Larder: the fast lane is for Nx 20 to 24, and is not added to a workspace with Nx ${major}.${minor}.`,
    );
    return false;
  }
  const nx = nxDevkit();
  const before = nx.readJson(tree, 'package.json');
  const after = changePackageJson(before, { fastLane, version: packageVersion() });
  if (isDeepStrictEqual(after, before)) return false;
  nx.updateJson(tree, 'package.json', () => after);
  return true;
}

function sayNextStep(): void {
  console.log(
    'Larder: set LARDER_TOKEN to a token of the server where commands run (and LARDER_URL where nx.json has no "url"), then build.',
  );
}
