import { spawnSync } from 'node:child_process';

/**
 * Version of a program that is measured beside us, which is installed from Debian's packages first
 * where it is missing and that can be done; null where it cannot.
 */
export function ensureTool(
  program: string,
  { debianPackage = program, versionFlag = '--version' } = {},
): string | null {
  const known = versionOf(program, versionFlag);
  if (known !== null) return known;
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return versionOf(program, versionFlag);
}

function versionOf(program: string, flag: string): string | null {
  const { status, stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' });
  if (status !== 0) return null;
  return /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'unknown';
}
