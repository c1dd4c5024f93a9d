import { ensureDebianPackages } from '../debian/ensure-debian-packages.ts';

const DEBIAN_PATH = '/usr/bin/chromium';

/** A font as well: without one, pages are measured with boxes in place of letters. */
const DEBIAN_PACKAGES = ['chromium', 'fonts-dejavu-core'];

/**
 * The path of a Chromium: the one that `CHROMIUM_PATH` names, else Debian's, which is installed when
 * it is absent and this user may do so.
 *
 * @throws where there is none and none can be installed.
 */
export async function findChromium(env: Readonly<Record<string, string>>): Promise<string> {
  const named = env.CHROMIUM_PATH;
  if (named !== undefined) return named;
  await ensureDebianPackages(DEBIAN_PACKAGES, {
    files: [DEBIAN_PATH],
    env,
    otherwise: 'install a Chromium and name it in CHROMIUM_PATH',
  });
  return DEBIAN_PATH;
}
