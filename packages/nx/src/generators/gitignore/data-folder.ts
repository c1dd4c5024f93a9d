import { posix } from 'node:path';
import { defaultDataFolder } from '../../doors/data-directory.ts';
import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import type { NxVersion } from '../../nx-facts/nx-version.ts';
import { larderOptionsIn } from '../larder-options-in.ts';
import type { Tree } from '../nx-devkit.ts';
import { withIgnoredFolder, withoutIgnoredFolder } from './gitignore-line.ts';
import { nxIgnoreRules } from './ignore-rules.ts';

const file = '.gitignore';

/**
 * Sees to it that the `.gitignore` of the workspace names Larder's data folder. The folder keeps
 * itself out of git, but other tools go by the file of the workspace. Makes one only in a git
 * repository's own folder.
 */
export function ignoreDataFolder(tree: Tree, folder: string | null): void {
  if (folder === null) return;
  const before = tree.read(file, 'utf-8');
  if (before === null) {
    if (tree.exists('.git')) tree.write(file, `${folder}\n`);
    return;
  }
  const after = withIgnoredFolder(before, folder, nxIgnoreRules());
  if (after !== before) tree.write(file, after);
}

/** Undoes {@link ignoreDataFolder}: removes a file that holds nothing else. */
export function forgetDataFolder(tree: Tree, folder: string | null): void {
  if (folder === null) return;
  const before = tree.read(file, 'utf-8');
  if (before === null) return;
  const after = withoutIgnoredFolder(before, folder);
  if (after === before) return;
  if (after === '' && before.endsWith('\n')) tree.delete(file);
  else tree.write(file, after);
}

/** Larder's data folder, relative to the workspace; null when nx.json puts it somewhere outside. */
export function dataFolderOf(nxJson: NxJson, nxVersion: NxVersion): string | null {
  const configured: unknown = larderOptionsIn(nxJson).dataDirectory;
  if (typeof configured !== 'string' || configured.trim() === '') {
    return defaultDataFolder(nxVersion);
  }
  const folder = posix.normalize(configured.trim().replaceAll('\\', '/')).replace(/\/$/, '');
  const isOutside = /^(\/|[A-Za-z]:|\.\.(\/|$)|\.$)/.test(folder);
  return isOutside ? null : folder;
}
