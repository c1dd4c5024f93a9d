// What `larder explain` tells of the working tree, beside what Nx makes of it in its next command.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { killAgent } from './processes/agent-processes.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type CommandResult, runCommand } from './processes/run-command.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace, writeNxJson } from './workspace/create-workspace.ts';
import { nxJson } from './workspace/nx-json.ts';
import { readRunRecord } from './workspace/run-record.ts';
import { runBuild } from './workspace/run-build.ts';
import { smallSixProjects } from './workspace/six-projects.ts';
import { writeJson } from './workspace/write-json.ts';

interface Now {
  readonly state: 'hashed' | 'unknown';
  readonly reason?: string;
  readonly taskHash?: string;
  readonly isLast?: boolean;
  readonly isHashedLate?: boolean;
  readonly differences?: readonly { readonly kind: string; readonly what: string }[] | null;
  readonly presence?: { readonly state: string };
}

const { nxVersionOfEachDoor } = readEnvironment();

describe.each(nxVersionOfEachDoor)('what a hash would be now with Nx %s', (nxVersion) => {
  let cleanup: CleanupStack;
  let workspace: Workspace;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    const machine = await createMachine({ isCi: false });
    cleanup.add(machine.remove);
    const server = await startLarderServer(machine);
    cleanup.add(server.stop);
    const projects = smallSixProjects;
    workspace = await createWorkspace({ machine, nxVersion, projects, cache: 'larder' });
    cleanup.add(() => killAgent(workspace));
    await writeNxJson(workspace, {
      ...nxJson(nxVersion, 'larder'),
      targetDefaults: {
        build: {
          cache: true,
          dependsOn: ['^build'],
          inputs: ['default', '^default', ...variables],
        },
      },
    });
    env = larderVariables(server);
  });

  afterAll(() => cleanup.run());

  /** In files of variables: of the workspace, with another variable in it, of a project, of a target. */
  const variables = ['OF_WORKSPACE', 'OF_PROJECT', 'OF_TARGET'].map((name) => ({ env: name }));
  const fileOf = (...path: string[]) => join(workspace.folder, ...path);

  function larder(...args: string[]): Promise<CommandResult> {
    const variablesOfLarder = { ...workspace.machine.env, ...env };
    const file = fileOf('node_modules', '.bin', 'larder');
    return runCommand(file, args, { cwd: workspace.folder, env: variablesOfLarder });
  }

  async function now(taskId: string): Promise<Now> {
    const { exitCode, stdout, stderr } = await larder('explain', taskId, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return (JSON.parse(stdout) as { now: Now }).now;
  }

  /** The hashes of a command, as Nx itself has noted them. */
  async function build(): Promise<Readonly<Record<string, string>>> {
    const { exitCode, output } = await runBuild(workspace, { env, parallel: 1 });
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const tasks = await readRunRecord(workspace);
    return Object.fromEntries(tasks.map(({ project, hash }) => [`${project}:build`, hash]));
  }

  it('is that of the command as long as nothing changes', async () => {
    const hashes = await build();
    for (const id of ['core:build', 'site:build']) {
      expect(await now(id)).toMatchObject({ state: 'hashed', taskHash: hashes[id], isLast: true });
    }
  });

  it('names the input that has changed, and is the hash that Nx builds with', async () => {
    await writeFile(fileOf('projects', 'ui', 'notes.txt'), 'something new\n');
    const told = await now('site:build');
    expect(told).toMatchObject({
      isLast: false,
      isHashedLate: false,
      differences: [{ kind: 'files', what: expect.stringMatching(/^files of ui \(/) as string }],
      presence: { state: 'absent' },
    });
    await rm(fileOf('projects', 'ui', 'notes.txt'));
    expect(await now('site:build')).toMatchObject({ isLast: true, differences: null });
    await writeFile(fileOf('projects', 'ui', 'notes.txt'), 'something new\n');
    expect((await build())['site:build']).toBe(told.taskHash);
    const { stdout } = await larder('explain', 'site:build');
    expect(stdout).toContain(`its hash would be ${told.taskHash ?? ''}: the same.`);
  });

  it('counts variables as Nx does, in whatever file they are', async () => {
    await writeFile(fileOf('.env'), 'BASE=a\nOF_WORKSPACE=${BASE}b\n');
    await writeFile(fileOf('projects', 'site', '.env'), 'OF_PROJECT=c\n');
    await writeFile(fileOf('projects', 'site', '.build.env'), 'OF_TARGET=d\n');
    const told = await now('site:build');
    expect(told.differences).toContainEqual(
      expect.objectContaining({ kind: 'environment', what: 'the variable OF_WORKSPACE' }),
    );
    expect((await build())['site:build']).toBe(told.taskHash);
  });

  it('is made with the outputs of other tasks that are there', async () => {
    await writeNxJson(workspace, {
      ...nxJson(nxVersion, 'larder'),
      targetDefaults: {
        build: {
          cache: true,
          dependsOn: ['^build'],
          inputs: ['default', { dependentTasksOutputFiles: '**/*.js', transitive: true }],
        },
      },
    });
    const hashes = await build();
    expect(await now('site:build')).toMatchObject({
      taskHash: hashes['site:build'],
      isHashedLate: true,
      isLast: true,
    });
    await writeFile(fileOf('projects', 'core', 'dist', 'lib', 'index.js'), 'changed\n');
    expect(await now('site:build')).toMatchObject({ isHashedLate: true, isLast: false });
  });

  it('is not known where Nx makes no graph, and that is all', async () => {
    const plugin = fileOf('node_modules', 'broken-plugin');
    await mkdir(plugin);
    await writeJson(join(plugin, 'package.json'), { name: 'broken-plugin', version: '1.0.0' });
    await writeFile(join(plugin, 'index.js'), "throw new Error('the plugin is broken');\n");
    const json = nxJson(nxVersion, 'larder');
    await writeNxJson(workspace, { ...json, plugins: [...(json.plugins ?? []), 'broken-plugin'] });
    expect(await now('site:build')).toEqual({
      state: 'unknown',
      reason: expect.stringContaining('the plugin is broken') as string,
    });
    const { exitCode, stdout } = await larder('explain', 'site:build');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^What the hash would be now could not be asked for: .*is broken/m);
    expect((await larder('explain', 'site:build', '--no-now')).stdout).not.toContain('broken');
  });
});
