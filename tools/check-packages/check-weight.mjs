// What `npm install @larder/nx` adds to a workspace that has Nx: installed for real, and weighed.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './install-packages.mjs';
import { MAX_PLUGIN_KB, MAX_PLUGIN_PACKAGES } from './packages.mjs';

export async function checkWeight(packages, folder) {
  const wanted = packages.filter(({ name }) => ['@larder/nx', '@larder/client'].includes(name));
  const installed = await installPackages(wanted, folder);
  const count = installed.length;
  const sizeKb = Math.round(weigh(join(folder, 'node_modules')) / 1000);
  const weight = `@larder/nx with what it needs: ${count} packages, ${sizeKb} kB`;
  if (count > MAX_PLUGIN_PACKAGES || sizeKb > MAX_PLUGIN_KB) {
    throw new Error(`${weight}, over ${MAX_PLUGIN_PACKAGES} packages or ${MAX_PLUGIN_KB} kB.`);
  }
  return weight;
}

/** Bytes of all files below the folder. */
function weigh(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
