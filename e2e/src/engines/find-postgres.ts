import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  installDebianPackages,
  mayInstallDebianPackages,
} from '../debian/ensure-debian-packages.ts';

/** A folder for each version, in which only a server has `initdb`. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

const DEBIAN_PACKAGES = ['postgresql'];

/** What Debian's packages look at before they make a database of their own, and start it. */
const DEBIAN_SETTINGS_FOLDER = '/etc/postgresql-common/createcluster.d';

/**
 * The folder of PostgreSQL's programs: the one that `POSTGRES_BIN` names, else Debian's newest, which is
 * installed when it is absent and this user may do so.
 *
 * @throws where there is none and none can be installed.
 */
export async function findPostgres(env: Readonly<Record<string, string>>): Promise<string> {
  const found = env.POSTGRES_BIN ?? (await newestOfDebian());
  if (found !== null) return found;
  if (!(await mayInstallDebianPackages())) {
    throw new Error('There is no PostgreSQL: install one and name its programs in POSTGRES_BIN.');
  }
  await mkdir(DEBIAN_SETTINGS_FOLDER, { recursive: true });
  await writeFile(join(DEBIAN_SETTINGS_FOLDER, 'larder.conf'), 'create_main_cluster = false\n');
  await installDebianPackages(DEBIAN_PACKAGES, env);
  const installed = await newestOfDebian();
  if (installed === null) throw new Error(`Debian's PostgreSQL is not in ${DEBIAN_FOLDER}.`);
  return installed;
}

async function newestOfDebian(): Promise<string | null> {
  const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  for (const version of newestFirst) {
    const folder = join(DEBIAN_FOLDER, version, 'bin');
    if (await exists(join(folder, 'initdb'))) return folder;
  }
  return null;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
