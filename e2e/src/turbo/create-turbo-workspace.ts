import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readEnvironment } from '../environment.ts';
import { type Machine } from '../machines/create-machine.ts';
import { runCommandOrThrow } from '../processes/run-command.ts';
import { writeJson } from '../workspace/write-json.ts';

/** An old one that is in use, and the newest. */
export const turboVersions = ['2.9.17', '2.11.11'] as const;

export interface TurboWorkspace {
  readonly machine: Machine;
  readonly folder: string;
  /** The files that the packages' builds leave behind, with their text. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Lays an npm workspace of three packages that depend on each other and installs Turborepo in it.
 *
 * @param options.turboVersion the newest by default
 * @param options.isSigned whether turbo signs its artifacts and accepts signed ones only
 */
export async function createTurboWorkspace({
  machine,
  turboVersion = turboVersions[1],
  isSigned,
}: {
  readonly machine: Machine;
  readonly turboVersion?: string;
  readonly isSigned: boolean;
}): Promise<TurboWorkspace> {
  const folder = join(machine.folder, 'turbo-workspace');
  await mkdir(folder);
  await writeFile(join(folder, '.gitignore'), 'node_modules\n.turbo\ndist\n');
  await writeJson(join(folder, 'package.json'), {
    name: 'turbo-workspace',
    private: true,
    packageManager: 'npm@10.0.0',
    workspaces: ['packages/*'],
    devDependencies: { turbo: turboVersion },
  });
  await writeJson(join(folder, 'turbo.json'), {
    tasks: { build: { dependsOn: ['^build'], outputs: ['dist/**'] } },
    remoteCache: { signature: isSigned },
  });
  await writePackage(folder, 'core', []);
  await writePackage(folder, 'ui', ['core']);
  await writePackage(folder, 'site', ['core', 'ui']);
  await runCommandOrThrow(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: folder, env: readEnvironment().inherited },
  );
  await runCommandOrThrow('git', ['init', '--quiet'], { cwd: folder, env: machine.env });
  return {
    machine,
    folder,
    outputs: {
      'packages/core/dist/core.txt': 'core\n',
      'packages/ui/dist/ui.txt': 'ui\n',
      'packages/site/dist/site.txt': 'site\n',
    },
  };
}

async function writePackage(
  folder: string,
  name: string,
  dependsOn: readonly string[],
): Promise<void> {
  const root = join(folder, 'packages', name);
  await mkdir(root, { recursive: true });
  await writeJson(join(root, 'package.json'), {
    name,
    version: '1.0.0',
    scripts: { build: `mkdir -p dist && echo ${name} > dist/${name}.txt && echo built ${name}` },
    dependencies: Object.fromEntries(dependsOn.map((dependency) => [dependency, '1.0.0'])),
  });
}
