import { copyFile, lstat, mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { runCommandOrThrow } from '../processes/run-command.ts';
import { repositoryRoot } from '../repository.ts';

/**
 * Copies this repository as it stands, without what git ignores, and lends it the installed
 * dependencies. Its packages find each other, not those of the original.
 *
 * @param env complete environment of git
 */
export async function copyRepository(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const { stdout } = await runCommandOrThrow(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: repositoryRoot, env },
  );
  for (const file of new Set(stdout.split('\0').filter((name) => name !== ''))) {
    // A file that was removed but not committed is still listed.
    if (!(await exists(join(repositoryRoot, file)))) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await copyFile(join(repositoryRoot, file), join(folder, file));
  }
  await lendDependencies(folder);
}

async function lendDependencies(folder: string): Promise<void> {
  await linkEntries('node_modules', folder, (name) => !['.cache', '@larder'].includes(name));
  // The links in here are relative.
  const ours = join('node_modules', '@larder');
  await mkdir(join(folder, ours));
  for (const name of await readdir(join(folder, 'packages'))) {
    await symlink(join('..', '..', 'packages', name), join(folder, ours, name));
    const own = join('packages', name, 'node_modules');
    if (await exists(join(repositoryRoot, own))) await linkEntries(own, folder, () => true);
  }
}

async function linkEntries(
  path: string,
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<void> {
  await mkdir(join(folder, path));
  for (const name of await readdir(join(repositoryRoot, path))) {
    if (isWanted(name)) await symlink(join(repositoryRoot, path, name), join(folder, path, name));
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
