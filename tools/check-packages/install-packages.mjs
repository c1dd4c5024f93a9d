import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirePermissive } from './licences.mjs';
import { run } from './run.mjs';

/**
 * Installs the packed packages into the new folder as a user does, without Nx, and gives what was
 * installed. Throws when anything of it has an install script, or a licence that is not permissive.
 */
export async function installPackages(packages, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const tarballs = packages.map(({ tarball }) => tarball);
  // No package needs an install script, nor Nx to be loaded, which takes long to install.
  const flags = ['--ignore-scripts', '--omit=peer', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...flags, ...tarballs], folder);

  const installed = readInstalled(folder);
  requirePermissive(installed);
  const withScripts = installed.filter(({ hasInstallScript }) => hasInstallScript);
  if (withScripts.length > 0) {
    throw new Error(`Install scripts: ${withScripts.map(({ name }) => name).join(', ')}.`);
  }
  return installed;
}

function readInstalled(folder) {
  const lockFile = join(folder, 'node_modules', '.package-lock.json');
  const entries = Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages);
  return entries.map(([path, { hasInstallScript = false }]) => {
    const manifest = JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8'));
    const { name, version, license = 'none' } = manifest;
    return { name, version, licence: license, hasInstallScript };
  });
}
