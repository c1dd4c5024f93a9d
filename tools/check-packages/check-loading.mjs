// Installs the packages as a user does, and loads them.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install-packages.mjs';
import { run } from './run.mjs';

const loader = fileURLToPath(new URL('consumers/load.mjs', import.meta.url));

export async function checkLoading(packages, folder) {
  await installPackages(packages, folder);
  copyFileSync(loader, join(folder, 'load.mjs'));
  await run(process.execPath, ['load.mjs'], folder);
}
