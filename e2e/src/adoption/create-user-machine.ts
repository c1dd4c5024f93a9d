import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { createMachine, type Machine } from '../machines/create-machine.ts';
import { runCommandOrThrow } from '../processes/run-command.ts';
import { repositoryRoot } from '../repository.ts';
import { type PackageManager } from './package-managers.ts';

/** Somebody's own computer with Node, git and a package manager that uses the registry. */
export async function createUserMachine(
  packageManager: PackageManager,
  registryUrl: string,
): Promise<Machine> {
  const machine = await createMachine({ isCi: false });
  try {
    const tools = join(machine.folder, 'tools');
    const temporary = join(machine.folder, 'tmp');
    for (const folder of [tools, temporary]) await mkdir(folder);
    const env = {
      ...machine.env,
      PATH: [join(tools, 'node_modules', '.bin'), ...pathOfUsers(machine.env.PATH)].join(delimiter),
      // What Nx leaves there goes with the machine.
      TMPDIR: temporary,
      GIT_AUTHOR_NAME: 'Larder',
      GIT_AUTHOR_EMAIL: 'larder@localhost',
      GIT_COMMITTER_NAME: 'Larder',
      GIT_COMMITTER_EMAIL: 'larder@localhost',
      npm_config_registry: registryUrl,
      npm_config_userconfig: join(machine.home, '.npmrc'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      ...packageManager.variables(registryUrl),
    };
    const packages = Object.entries(packageManager.itself).map((entry) => entry.join('@'));
    if (packages.length > 0) {
      await runCommandOrThrow('npm', ['install', '--prefix', tools, ...packages], {
        cwd: tools,
        env,
      });
    }
    return { ...machine, env };
  } catch (error) {
    await machine.remove();
    throw error;
  }
}

/** Without the commands of this repository, which `npm run` adds. */
function pathOfUsers(path = ''): string[] {
  return path.split(delimiter).filter((folder) => !folder.startsWith(repositoryRoot));
}
