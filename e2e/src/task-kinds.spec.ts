import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { type RecordingProxy, startRecordingProxy } from './server/start-recording-proxy.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { warningLines } from './workspace/larder-lines.ts';
import { knowsContinuousTasks } from './workspace/nx-version.ts';
import { readOutputs, removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { type ProjectLayout } from './workspace/project-layout.ts';
import { runBuild } from './workspace/run-build.ts';
import { smallSixProjects } from './workspace/six-projects.ts';
import { useBatchExecutor } from './workspace/use-batch-executor.ts';
import { writeJson } from './workspace/write-json.ts';

const oneProject: ProjectLayout = {
  name: 'app',
  dependsOn: [],
  workMs: 0,
  outputs: ['{projectRoot}/dist'],
  entries: [{ kind: 'file', path: 'projects/app/dist/a.txt', text: 'The output.\n', mode: 0o644 }],
};

describe.each(readEnvironment().nxVersions)('Nx %s', (nxVersion) => {
  let cleanup: CleanupStack;
  let workspace: Workspace;
  let proxy: RecordingProxy;
  let variables: Record<string, string>;

  beforeEach(() => {
    cleanup = createCleanupStack();
  });

  afterEach(() => cleanup.run());

  async function prepare(projects: readonly ProjectLayout[]): Promise<void> {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const server = await startLarderServer(machine);
    cleanup.add(server.stop);
    proxy = await startRecordingProxy(server.url);
    cleanup.add(proxy.close);
    workspace = await createWorkspace({ machine, nxVersion, projects, cache: 'larder' });
    variables = { ...larderVariables(server), LARDER_URL: proxy.url };
  }

  async function build(env: Readonly<Record<string, string>> = {}) {
    await removeOutputs(workspace);
    await removeLocalCache(workspace);
    proxy.takeRequests();
    const result = await runBuild(workspace, { env: { ...variables, ...env } });
    const uploads = proxy.takeRequests().filter((request) => request.startsWith('PUT ')).length;
    return { ...result, uploads, outputs: await readOutputs(workspace) };
  }

  it('stores and restores the tasks of a batch', async () => {
    await prepare(smallSixProjects);
    await useBatchExecutor(workspace);
    const env = { NX_BATCH_MODE: 'true' };
    const first = await build(env);
    expect(first.exitCode).toBe(0);
    expect(first.output).toMatch(/Running [2-6] tasks with @acme\/batch:produce/);
    expect(first.executed).toHaveLength(smallSixProjects.length);
    expect(first.uploads).toBe(smallSixProjects.length);

    const second = await build(env);
    expect(second.exitCode).toBe(0);
    expect(second.executed).toEqual([]);
    expect(second.outputs).toEqual(first.outputs);
    expect([...warningLines(first.output), ...warningLines(second.output)]).toEqual([]);
  });

  if (knowsContinuousTasks(nxVersion)) {
    it('leaves a continuous task alone, and serves the one that depends on it', async () => {
      await prepare([oneProject]);
      await dependOnContinuousTask(workspace);
      const first = await build();
      expect(first.exitCode).toBe(0);
      expect(first.output).toContain('Serving');
      expect(first.executed).toEqual(['app']);
      expect(first.uploads).toBe(1);

      const second = await build();
      expect(second.exitCode).toBe(0);
      expect(second.executed).toEqual([]);
      expect(second.outputs).toEqual(first.outputs);
      expect([...warningLines(first.output), ...warningLines(second.output)]).toEqual([]);
    });
  }
});

/** Lets the project's task need one that never ends. */
async function dependOnContinuousTask({ folder }: Workspace): Promise<void> {
  const file = join(folder, 'projects', 'app', 'project.json');
  const configuration = JSON.parse(await readFile(file, 'utf8')) as {
    readonly targets: { readonly build: object };
  };
  await writeJson(file, {
    ...configuration,
    targets: {
      build: { ...configuration.targets.build, dependsOn: ['serve'] },
      serve: {
        executor: 'nx:run-commands',
        continuous: true,
        options: { command: `node -e "console.log('Serving'); setInterval(() => {}, 1000)"` },
      },
    },
  });
}
