import { access } from 'node:fs/promises';

import { runCommandOrThrow } from '../processes/run-command.ts';

const DEBIAN_PATH = '/usr/bin/chromium';

/** A font as well: without one, pages are measured with boxes in place of letters. */
const DEBIAN_PACKAGES = ['chromium', 'fonts-dejavu-core'];

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * The path of a Chromium: the one that `CHROMIUM_PATH` names, else Debian's, which is installed when
 * it is absent and this user may do so.
 *
 * @throws where there is none and none can be installed.
 */
export async function findChromium(env: Readonly<Record<string, string>>): Promise<string> {
  const named = env.CHROMIUM_PATH;
  if (named !== undefined) return named;
  if (await exists(DEBIAN_PATH)) return DEBIAN_PATH;
  if (process.getuid?.() !== 0 || !(await exists('/usr/bin/apt-get'))) {
    throw new Error('There is no Chromium: install one and name it in CHROMIUM_PATH.');
  }
  const options = { cwd: '/', env, timeoutMs: INSTALL_TIMEOUT_MS };
  await runCommandOrThrow('apt-get', ['update', '-qq'], options);
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...DEBIAN_PACKAGES];
  await runCommandOrThrow('apt-get', install, {
    ...options,
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return DEBIAN_PATH;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
