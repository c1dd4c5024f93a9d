import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type DaemonMode, readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { type RecordingProxy, startRecordingProxy } from './server/start-recording-proxy.ts';
import { createWorkspace, useLarderOptions, type Workspace } from './workspace/create-workspace.ts';
import { lastingLines } from './workspace/larder-lines.ts';
import { doorOf, replaysFailures, storesFailures } from './workspace/nx-version.ts';
import { removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { type ProducingProject } from './workspace/project-layout.ts';
import { type Build, type BuildOptions, runBuild, stopDaemon } from './workspace/run-build.ts';

const projects: readonly ProducingProject[] = [
  project('core', { dependsOn: [] }),
  project('app', { dependsOn: ['core'] }),
  project('broken', { dependsOn: [], exitCode: 1 }),
];
const healthy = ['--projects=core,app'];
const broken = ['--projects=broken'];

interface Observation {
  readonly build: Build;
  /** Kinds of requests that the server got, without repetitions, sorted. */
  readonly asked: readonly RequestKind[];
}

type RequestKind = 'download' | 'upload' | 'other';

describe.each(readEnvironment().nxVersionOfEachDoor)('Nx %s', (nxVersion) => {
  let cleanup: CleanupStack;
  let workspace: Workspace;
  let proxy: RecordingProxy;
  let variables: Record<string, string>;
  let dataDirectory: string;
  let test = 0;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const server = await startLarderServer(machine);
    cleanup.add(server.stop);
    proxy = await startRecordingProxy(server.url);
    cleanup.add(proxy.close);
    workspace = await createWorkspace({ machine, nxVersion, projects, cache: 'larder' });
    cleanup.add(() => stopDaemon(workspace));
    dataDirectory = join(machine.folder, 'larder');
    variables = { ...larderVariables(server), LARDER_URL: proxy.url };
  });

  beforeEach(async () => {
    test += 1;
    await useOptions({});
    // From Node 22 on, an agent that has just ended may still have written what it compiled.
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 10 });
    proxy.takeRequests();
  });

  afterAll(() => cleanup.run());

  /** Options in nx.json, and an agent that does not stay; nothing that another test has stored. */
  async function useOptions(options: object): Promise<void> {
    await useLarderOptions(workspace, { idleMs: 0, namespace: `test-${test}`, ...options });
  }

  /** Builds with nothing in the local cache. */
  async function build({ env = {}, ...options }: BuildOptions): Promise<Observation> {
    await removeOutputs(workspace);
    await removeLocalCache(workspace);
    proxy.takeRequests();
    const result = await runBuild(workspace, {
      ...options,
      env: { ...variables, LARDER_DATA_DIRECTORY: dataDirectory, ...env },
    });
    return { build: result, asked: [...new Set(proxy.takeRequests().map(kindOf))].sort() };
  }

  describe('a build that is told to skip the cache', () => {
    let stored: Build;

    beforeAll(async () => {
      test += 1;
      await useOptions({ namespace: 'stored' });
      const first = await build({ args: healthy });
      expect(first.asked).toContain('upload');
      stored = first.build;
    });

    it.each<[string, readonly string[], Record<string, string>]>([
      ['--skip-nx-cache', ['--skip-nx-cache'], {}],
      ['--skip-remote-cache', ['--skip-remote-cache'], {}],
      ['NX_SKIP_NX_CACHE', [], { NX_SKIP_NX_CACHE: 'true' }],
      ['NX_SKIP_REMOTE_CACHE', [], { NX_SKIP_REMOTE_CACHE: 'true' }],
      ['NX_DISABLE_REMOTE_CACHE', [], { NX_DISABLE_REMOTE_CACHE: 'true' }],
    ])('by %s runs its tasks, and the server hears nothing', async (_what, args, env) => {
      await useOptions({ namespace: 'stored' });
      const skipped = await build({ args: [...healthy, ...args], env });
      expect(skipped.build.exitCode).toBe(0);
      expect(skipped.build.executed).toEqual(['app', 'core']);
      expect(skipped.asked).toEqual([]);
      expect(lastingLines(skipped.build.output)).toEqual([]);
      // The flag belongs to Nx: it neither reaches the tasks nor changes what they are.
      expect(hashesOf(skipped.build)).toEqual(hashesOf(stored));
    });
  });

  describe('a task that fails', () => {
    it('is not stored', async () => {
      const { build: first, asked } = await build({ args: broken });
      expect(first.exitCode).toBe(1);
      expect(asked).toEqual(['download', 'other']);
    });

    it('fails elsewhere too with NX_CACHE_FAILURES, without running where Nx can do that', async () => {
      const env = { NX_CACHE_FAILURES: 'true' };
      const first = await build({ args: broken, env });
      expect(first.build.exitCode).toBe(1);
      expect(first.asked.includes('upload')).toBe(storesFailures(nxVersion));
      const second = await build({ args: broken, env });
      expect(second.build.exitCode).toBe(1);
      expect(second.asked).toContain('download');
      expect(second.build.executed).toEqual(replaysFailures(nxVersion) ? [] : ['broken']);
      expect(second.build.output).toContain('Done with broken');
    });
  });

  describe('the mode', () => {
    const usual = { ciMode: 'read-write', localMode: 'read' };
    const elsewhere = { CI: 'false' };

    it.each<[string, object, Record<string, string>, RequestKind[]]>([
      ['of CI counts in CI', usual, {}, ['download', 'other', 'upload']],
      ['of other places counts there', usual, elsewhere, ['download', 'other']],
      ['for all counts where there is no other', { mode: 'write' }, {}, ['other', 'upload']],
      ['of the variable counts before all', usual, { LARDER_MODE: 'read' }, ['download', 'other']],
    ])('%s', async (_what, options, env, expected) => {
      await useOptions(options);
      const { build: result, asked } = await build({ args: healthy, env });
      expect(result.exitCode).toBe(0);
      expect(result.executed).toEqual(['app', 'core']);
      expect(asked).toEqual(expected);
      expect(await readdir(join(dataDirectory, 'spool')).catch(() => [])).toEqual([]);
    });

    it('off starts no agent', async () => {
      await useOptions({ ciMode: 'off' });
      const { build: result, asked } = await build({ args: healthy });
      expect(result.exitCode).toBe(0);
      expect(asked).toEqual([]);
      expect(lastingLines(result.output)).toEqual([]);
      expect(await readdir(dataDirectory).catch(() => null)).toBeNull();
    });
  });

  describe('beside a cache package of others', () => {
    const packageFolder = () => join(workspace.folder, 'node_modules', '@nx', 's3-cache');

    beforeEach(async () => {
      await mkdir(packageFolder(), { recursive: true });
      await writeFile(join(packageFolder(), 'index.js'), 'exports.getRemoteCache = () => null;\n');
    });

    afterEach(() => rm(packageFolder(), { recursive: true }));

    if (doorOf(nxVersion) === 'hooks') {
      it('stands back, for Nx prefers that, and says so once', async () => {
        const { build: result, asked } = await build({ args: healthy });
        expect(result.exitCode).toBe(0);
        expect(asked).toEqual([]);
        expect(lastingLines(result.output)).toEqual([
          expect.stringMatching(/Nx prefers the cache of @nx\/s3-cache.*uninstall that package/),
        ]);
      });
    } else {
      it('does its work, for the tasks runner comes first', async () => {
        const { build: result, asked } = await build({ args: healthy });
        expect(result.exitCode).toBe(0);
        expect(asked).toEqual(['download', 'other', 'upload']);
      });
    }
  });

  if (doorOf(nxVersion) === 'hooks') {
    describe('without a process for each plugin', () => {
      it.each<DaemonMode>(['off', 'on'])(
        'stores and restores with the daemon %s',
        async (daemon) => {
          const env = { NX_ISOLATE_PLUGINS: 'false' };
          const first = await build({ args: healthy, daemon, env });
          expect(first.build.exitCode).toBe(0);
          expect(first.build.executed).toEqual(['app', 'core']);
          await stopDaemon(workspace);
          const second = await build({ args: healthy, daemon, env });
          expect(second.build.exitCode).toBe(0);
          expect(second.build.executed).toEqual([]);
          await stopDaemon(workspace);
        },
      );
    });
  }
});

function project(
  name: string,
  layout: Pick<ProducingProject, 'dependsOn' | 'exitCode'>,
): ProducingProject {
  const text = `The output of ${name}.\n`;
  return {
    name,
    workMs: 0,
    outputs: ['{projectRoot}/dist'],
    entries: [{ kind: 'file', path: `projects/${name}/dist/output.txt`, text, mode: 0o644 }],
    ...layout,
  };
}

function kindOf(request: string): RequestKind {
  if (request.startsWith('PUT ')) return 'upload';
  return /^GET \/v8\/artifacts\/[0-9a-f]{64}/.test(request) ? 'download' : 'other';
}

function hashesOf({ tasks }: Build): Record<string, string> {
  return Object.fromEntries(tasks.map((task) => [task.project, task.hash]));
}
