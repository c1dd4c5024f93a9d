import { access } from 'node:fs/promises';

import { runCommandOrThrow } from '../processes/run-command.ts';

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Installs packages of Debian unless all of the files are there that they would bring, if this user may
 * do so.
 *
 * @param otherwise - What to do where that is not possible, as the end of a sentence.
 * @throws where files are missing and cannot be installed.
 */
export async function ensureDebianPackages(
  packages: readonly string[],
  options: {
    readonly files: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly otherwise: string;
  },
): Promise<void> {
  const { files, env, otherwise } = options;
  const missing = await missingOf(files);
  if (missing.length === 0) return;
  if (!(await mayInstallDebianPackages())) {
    throw new Error(`There is no ${missing.join(', no ')}: ${otherwise}.`);
  }
  await installDebianPackages(packages, env);
}

export async function mayInstallDebianPackages(): Promise<boolean> {
  return process.getuid?.() === 0 && (await missingOf(['/usr/bin/apt-get'])).length === 0;
}

export async function installDebianPackages(
  packages: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const command = { cwd: '/', env, timeoutMs: INSTALL_TIMEOUT_MS };
  await runCommandOrThrow('apt-get', ['update', '-qq'], command);
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
  await runCommandOrThrow('apt-get', install, {
    ...command,
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

async function missingOf(files: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const file of files) await access(file).catch(() => missing.push(file));
  return missing;
}
