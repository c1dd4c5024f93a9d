// Installs the packages as a user does, and loads them.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

const loader = fileURLToPath(new URL('consumers/load.mjs', import.meta.url));

export async function checkLoading(packages, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const tarballs = packages.map(({ tarball }) => tarball);
  // No package needs an install script, nor Nx to be loaded, which takes long to install.
  const flags = ['--ignore-scripts', '--omit=peer', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...flags, ...tarballs], folder);
  copyFileSync(loader, join(folder, 'load.mjs'));
  await run(process.execPath, ['load.mjs'], folder);
}
