// What the `larder` command of the plugin tells of real builds.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type DaemonMode, readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { killAgent, waitUntilNoAgent } from './processes/agent-processes.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type CommandResult, runCommand } from './processes/run-command.ts';
import { waitUntil } from './processes/wait-until.ts';
import {
  larderVariables,
  type LarderServer,
  startLarderServer,
} from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { doorOf } from './workspace/nx-version.ts';
import { runBuild, stopDaemon } from './workspace/run-build.ts';
import { smallSixProjects } from './workspace/six-projects.ts';

interface ToldTask {
  readonly taskId: string;
  readonly source: string | null;
  readonly lookup: string | null;
  readonly store: string | null;
}

interface ToldRun {
  readonly report: { readonly tasks: readonly ToldTask[] };
}

interface Setup {
  readonly title: string;
  readonly nxVersion: string;
  readonly hasFastLane?: boolean;
  readonly daemon?: DaemonMode;
}

const { nxVersions, fastLaneNxVersions } = readEnvironment();
const setups: readonly Setup[] = [
  ...nxVersions.map((nxVersion) => ({ title: `Nx ${nxVersion}`, nxVersion })),
  ...nxVersions.slice(-1).map((nxVersion) => ({
    title: `Nx ${nxVersion} and its daemon`,
    nxVersion,
    daemon: 'on' as const,
  })),
  ...fastLaneNxVersions.map((nxVersion) => ({
    title: `Nx ${nxVersion} in the fast lane`,
    nxVersion,
    hasFastLane: true,
  })),
];

describe.each(setups)('larder with $title', (setup) => {
  const { nxVersion, hasFastLane = false, daemon = 'off' } = setup;
  let cleanup: CleanupStack;
  let server: LarderServer;
  let workspace: Workspace;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    // Somebody's own computer, where the agent stays for a while and uploads behind the command.
    const machine = await createMachine({ isCi: false });
    cleanup.add(machine.remove);
    server = await startLarderServer(machine);
    cleanup.add(server.stop);
    workspace = await createWorkspace({
      machine,
      nxVersion,
      projects: smallSixProjects,
      cache: 'larder',
      hasFastLane,
    });
    cleanup.add(() => killAgent(workspace));
    if (daemon === 'on') cleanup.add(() => stopDaemon(workspace));
    env = larderVariables(server);
  });

  afterAll(() => cleanup.run());

  function larder(args: readonly string[], folder = workspace.folder): Promise<CommandResult> {
    const file = join(workspace.folder, 'node_modules', '.bin', 'larder');
    return runCommand(file, args, { cwd: folder, env: { ...workspace.machine.env, ...env } });
  }

  async function larderJson<T>(...args: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await larder([...args, '--json']);
    expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
    return JSON.parse(stdout) as T;
  }

  async function build(more: Readonly<Record<string, string>> = {}): Promise<void> {
    // Nx 22.7 never looks up what becomes ready while it waits for other lookups; one by one it does.
    const options = { daemon, env: { ...env, ...more }, parallel: 1 };
    const { exitCode, output } = await runBuild(workspace, options);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  }

  /** What the last command was, once its uploads are through. */
  async function lastTasks(): Promise<Readonly<Record<string, ToldTask>>> {
    let tasks: readonly ToldTask[] = [];
    await waitUntil('nothing is on its way any more', async () => {
      ({
        report: { tasks },
      } = await larderJson<ToldRun>('last'));
      return tasks.every(({ store }) => store !== 'pending');
    });
    return Object.fromEntries(tasks.map((task) => [task.taskId, task]));
  }

  it('tells what became of each task', async () => {
    const stepSummaryFile = join(workspace.machine.folder, 'summary.md');
    await build({
      GITHUB_STEP_SUMMARY: stepSummaryFile,
      LARDER_REPORT_FILE: join('reports', 'larder.json'),
    });
    expect(await readFile(stepSummaryFile, 'utf8')).toContain(
      'From the remote cache | 0 of 6 tasks',
    );
    const written = await readFile(join(workspace.folder, 'reports', 'larder.json'), 'utf8');
    expect(JSON.parse(written)).toMatchObject({ version: 1, misses: 6 });
    const tasks = await lastTasks();
    const ids = smallSixProjects.map(({ name }) => `${name}:build`);
    expect(Object.keys(tasks).sort()).toEqual([...ids].sort());
    for (const id of ids) {
      expect(tasks[id]).toMatchObject({ source: 'none', lookup: 'miss', store: 'uploaded' });
    }
    const { stdout } = await larder(['last']);
    for (const id of ids) expect(stdout).toMatch(new RegExp(`^${id} +ran +miss .* yes$`, 'm'));
  });

  it('explains a miss by the input that has changed', async () => {
    await writeFile(join(workspace.folder, 'projects', 'ui', 'notes.txt'), 'something new\n');
    await build();
    const tasks = await lastTasks();
    expect(tasks['core:build']).toMatchObject({ source: 'local', lookup: null });
    for (const id of ['ui:build', 'site:build']) {
      expect(tasks[id]).toMatchObject({ source: 'none', lookup: 'miss', store: 'uploaded' });
      expect(await larderJson('explain', id)).toMatchObject({
        verdict: 'inputs-changed',
        differences: [
          {
            change: 'changed',
            kind: 'files',
            what: expect.stringMatching(/^files of ui \(/) as string,
          },
        ],
        presence: { state: 'present' },
      });
    }
    expect(await larderJson('explain', 'core:build')).toMatchObject({ verdict: 'local-hit' });
    const { stdout } = await larder(['explain', 'site:build']);
    expect(stdout).toMatch(/a miss, because its inputs are others/);
    expect((await larder(['explain', 'nothing:build'])).exitCode).toBe(1);
  });

  it('tells the options, the agent and the server, in every folder of the workspace', async () => {
    const { exitCode, stdout } = await larder(
      ['status', '--json'],
      join(workspace.folder, 'projects', 'ui'),
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      nxVersion,
      door: doorOf(nxVersion),
      workspaceRoot: workspace.folder,
      agent: { state: 'running', openRuns: 0 },
      server: { url: server.url, isReachable: true, status: 'enabled', mayRead: true },
      options: expect.arrayContaining([
        { name: 'url', value: server.url, isSecret: false, source: 'LARDER_URL' },
      ]) as unknown,
    });
    expect(stdout).not.toContain(server.token);
    const outside = join(workspace.machine.folder, 'outside');
    await mkdir(outside);
    expect(await larder(['status'], outside)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('LARDER_CLI_NO_WORKSPACE') as string,
    });
  });

  it('ends the agent', async () => {
    expect(await larder(['agent', 'stop'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/has ended/) as string,
    });
    await waitUntilNoAgent(workspace);
    expect(await larderJson('agent', 'status')).toMatchObject({ state: 'none' });
  });
});
