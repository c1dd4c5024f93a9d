import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  fastLaneInstallation,
  type Installation,
  installationFolder,
  nxInstallation,
} from '../installations/installation.ts';
import { type Machine } from '../machines/create-machine.ts';
import { runCommandOrThrow } from '../processes/run-command.ts';
import { assetsFolder } from '../repository.ts';
import { type Checkout } from './checkout.ts';
import { type Cache, type LarderOptions, type NxJson, nxJson } from './nx-json.ts';
import { type ProjectLayout } from './project-layout.ts';
import { writeJson } from './write-json.ts';

export interface WorkspaceOptions {
  readonly machine: Machine;
  readonly nxVersion: string;
  readonly projects: readonly ProjectLayout[];
  readonly cache: Cache;
  /** Whether the fast lane is installed. */
  readonly hasFastLane?: boolean;
  /** The plugin's options in nx.json. */
  readonly pluginOptions?: LarderOptions;
  /** What is installed; by default this Nx with the plugin. */
  readonly installation?: Installation;
}

/** A checkout of the test repository with everything installed. */
export interface Workspace extends WorkspaceOptions, Checkout {
  /** Where the tasks note that they ran; outside of the folder. */
  readonly executionsFile: string;
}

/** Lays the same repository on any machine: the same files, the same commit, the same Nx. */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { machine, nxVersion, projects, cache, pluginOptions } = options;
  const folder = join(machine.folder, 'workspace');
  const executionsFile = join(machine.folder, 'executions.log');
  const install = options.hasFastLane === true ? fastLaneInstallation : nxInstallation;
  const installation = installationFolder(options.installation ?? install(nxVersion));

  await mkdir(folder);
  await writeFile(executionsFile, '');
  await writeFile(join(folder, '.gitignore'), 'node_modules\n.nx\ndist\nreports\n');
  await writeJson(join(folder, 'nx.json'), nxJson(nxVersion, cache, pluginOptions));
  for (const name of ['package.json', 'package-lock.json']) {
    await copyFile(join(installation, name), join(folder, name));
  }
  await mkdir(join(folder, 'tools'));
  await copyFile(
    join(assetsFolder, 'produce-outputs.mjs'),
    join(folder, 'tools', 'produce-outputs.mjs'),
  );
  for (const project of projects) await writeProject(folder, project);
  await commit(folder, machine);
  await cp(join(installation, 'node_modules'), join(folder, 'node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const outputs = ['reports', ...projects.map(({ name }) => `projects/${name}/dist`)];
  return { ...options, folder, outputs, executionsFile };
}

/** Exchanges the workspace's `nx.json`, as somebody does who tries the build with and without. */
export async function useCache(workspace: Workspace, cache: Cache): Promise<Workspace> {
  await writeNxJson(workspace, nxJson(workspace.nxVersion, cache, workspace.pluginOptions));
  return { ...workspace, cache };
}

/** Writes other options of the plugin into the workspace's `nx.json`. */
export async function useLarderOptions(
  workspace: Workspace,
  options: LarderOptions,
): Promise<void> {
  await writeNxJson(workspace, nxJson(workspace.nxVersion, workspace.cache, options));
}

/** Exchanges the workspace's `nx.json` for one that is not just with or without. */
export async function writeNxJson({ folder }: Workspace, json: NxJson): Promise<void> {
  await writeJson(join(folder, 'nx.json'), json);
}

async function writeProject(folder: string, project: ProjectLayout): Promise<void> {
  const root = `projects/${project.name}`;
  await mkdir(join(folder, root), { recursive: true });
  await writeJson(join(folder, root, 'project.json'), {
    name: project.name,
    root,
    implicitDependencies: project.dependsOn,
    targets: {
      build: {
        executor: 'nx:run-commands',
        outputs: project.outputs,
        options: {
          command:
            'command' in project
              ? project.command
              : `node tools/produce-outputs.mjs ${project.name}`,
        },
      },
    },
  });
  if ('command' in project) return;
  await writeJson(join(folder, root, 'outputs.json'), {
    workMs: project.workMs,
    entries: project.entries,
    exitCode: project.exitCode ?? 0,
  });
}

/** Older versions of Nx find the files to hash with git. */
async function commit(folder: string, machine: Machine): Promise<void> {
  const when = '2026-11-22T12:00:00Z';
  const env = {
    ...machine.env,
    GIT_AUTHOR_NAME: 'Larder',
    GIT_AUTHOR_EMAIL: 'larder@localhost',
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: 'Larder',
    GIT_COMMITTER_EMAIL: 'larder@localhost',
    GIT_COMMITTER_DATE: when,
  };
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '--all'],
    ['commit', '--quiet', '--no-gpg-sign', '--message=Start'],
  ]) {
    await runCommandOrThrow('git', args, { cwd: folder, env });
  }
}
