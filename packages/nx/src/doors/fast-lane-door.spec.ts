import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactHash } from '../identity/artifact-hash.ts';
import type { PostContext, PreContext, RunnerContext } from '../nx-facts/nx-contexts.ts';
import { createAgentBed } from '../testing/agent-bed.fixture.ts';
import type { ArtifactsServer } from '../testing/artifacts-server.fixture.ts';
import { createNxClient } from '../testing/nx-client.fixture.ts';
import {
  capturePrints,
  enterNxWorkspace,
  installCachePackage,
  setEnvironment,
  type NxWorkspace,
} from '../testing/nx-workspace.fixture.ts';
import { killAgents } from '../testing/processes.fixture.ts';
import { getRemoteCache, type FolderCache } from './fast-lane-door.ts';
import { postTasksExecution, preTasksExecution } from './hooks-door.ts';
import { runTasks } from './runner-door.ts';

const bed = createAgentBed();
let server: ArtifactsServer;
let workspace: NxWorkspace;
let printed: string[];

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

const packageName = '@nx/powerpack-azure-cache';
const urlVariable = 'LARDER_FAST_LANE_URL';

interface Setting {
  readonly version?: string;
  readonly variables?: Record<string, string>;
  readonly isInstalled?: boolean;
}

/** An Nx command in CI in a workspace with the fast lane, unless told otherwise. */
function prepare({ version = '24.0.6', variables = {}, isInstalled = true }: Setting = {}): void {
  workspace = enterNxWorkspace(bed, version);
  if (isInstalled) installCachePackage(workspace, packageName, '@larder/fast-lane');
  setEnvironment(bed, {
    CI: 'true',
    LARDER_URL: server.url,
    LARDER_TOKEN: 'token-of-the-team',
    LARDER_DATA_DIRECTORY: bed.dataDirectory,
    ...variables,
  });
  printed = capturePrints(bed);
}

function context(): PreContext {
  return {
    id: 'command',
    workspaceRoot: workspace.root,
    nxJsonConfiguration: {},
    argv: ['node', 'nx', 'run-many'],
  };
}

const openByHooks = () => preTasksExecution(undefined, context());

function closeByHooks(times: Record<string, [start: number, end: number]> = {}): Promise<void> {
  const taskResults: PostContext['taskResults'] = Object.fromEntries(
    Object.entries(times).map(([hash, [startTime, endTime]]) => [
      hash,
      { task: { hash, startTime, endTime } },
    ]),
  );
  return postTasksExecution(undefined, { ...context(), taskResults });
}

const runnerContext: RunnerContext = { nxJson: {} };

/** A command of the runner that does the given with what Nx would load, and get as an option. */
function run(play: (cache: FolderCache | null, given: unknown) => unknown): Promise<unknown> {
  globalThis.playNxRunner = (_tasks, options) => play(getRemoteCache(), options.remoteCache);
  return runTasks([], {}, runnerContext);
}

function writeOutput(taskHash: string): void {
  mkdirSync(join(workspace.cacheDirectory, taskHash, 'dist'), { recursive: true });
  writeFileSync(join(workspace.cacheDirectory, taskHash, 'dist', 'main.js'), 'built');
}

async function storeTask(cache: FolderCache | null, taskHash: string, code = 0): Promise<void> {
  writeOutput(taskHash);
  expect(await cache!.store(taskHash, workspace.cacheDirectory, 'done\n', code)).toBe(true);
}

const retrieve = (cache: FolderCache | null, taskHash: string) =>
  cache!.retrieve(taskHash, workspace.cacheDirectory);

function forgetCache(): void {
  rmSync(workspace.cacheDirectory, { recursive: true });
  mkdirSync(workspace.cacheDirectory);
}

const wireHash = (taskHash: string) => artifactHash({ format: 'tar.br', namespace: '', taskHash });

/** What Nx gets back of a task that `storeTask` has stored. */
const cached = (taskHash: string, code = 0) => ({
  outputsPath: join(workspace.cacheDirectory, taskHash),
  terminalOutput: 'done\n',
  code,
});

describe('a command of the hooks', () => {
  it('hands folders over, gets them back elsewhere, and is reported as any other', async () => {
    prepare();
    await openByHooks();
    const cache = getRemoteCache();
    expect(await retrieve(cache, '1')).toBeNull();
    await storeTask(cache, '1');
    await closeByHooks();
    expect(server.artifacts.has(wireHash('1'))).toBe(true);

    forgetCache();
    await openByHooks();
    expect(await retrieve(getRemoteCache(), '1')).toEqual(cached('1'));
    const output = join(workspace.cacheDirectory, '1', 'dist', 'main.js');
    expect(readFileSync(output, 'utf8')).toBe('built');
    await closeByHooks();
    expect(printed).toEqual([
      expect.stringMatching(/^Larder: 0 of 1 task from the remote cache · 1 stored · \d+ B up$/),
      expect.stringMatching(/^Larder: 1 of 1 task from the remote cache · .*B down$/),
    ]);
  });

  it('brings the exit code of a failure back', async () => {
    prepare({ version: '20.8.4', variables: { NX_CACHE_FAILURES: 'true' } });
    await openByHooks();
    await storeTask(getRemoteCache(), '1', 3);
    await closeByHooks({ '1': [0, 1] });
    forgetCache();
    await openByHooks();
    expect(await retrieve(getRemoteCache(), '1')).toEqual(cached('1', 3));
  });

  it('is followed by another in the same process, with a cache that Nx has got before', async () => {
    prepare();
    await openByHooks();
    const cache = getRemoteCache();
    await storeTask(cache, '1');
    await closeByHooks();
    await openByHooks();
    await storeTask(cache, '2');
    await closeByHooks();
    expect(server.artifacts.size).toBe(2);
    expect(printed.filter((line) => line.includes('1 stored'))).toHaveLength(2);
  });

  it('goes on when the agent dies, and says so once', async () => {
    prepare();
    await openByHooks();
    const cache = getRemoteCache();
    await killAgents(bed.dataDirectory);
    for (const task of ['1', '2', '3']) {
      expect(await retrieve(cache, task)).toBeNull();
      await storeTask(cache, task);
    }
    expect(printed).toEqual([expect.stringContaining('LARDER_AGENT_UNREACHABLE')]);
  });

  it("still gives Nx's own client the agent, and says when Nx has come that way", async () => {
    prepare();
    await openByHooks();
    const nx = createNxClient({
      url: process.env.NX_SELF_HOSTED_REMOTE_CACHE_SERVER ?? '',
      token: process.env.NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN ?? '',
    });
    bed.onCleanUp(() => {
      nx.disconnect();
    });
    expect((await nx.get('1')).status).toBe(404);
    await closeByHooks();
    expect(printed).toEqual([
      'Larder: 0 of 1 task from the remote cache',
      expect.stringMatching(
        /^Larder: the fast lane .*@nx\/powerpack-azure-cache.*Nx 24\.0.*uninstall/,
      ),
    ]);
  });

  it('in which Nx asked for nothing says nothing', async () => {
    prepare();
    await openByHooks();
    await closeByHooks();
    expect(printed).toEqual([]);
  });

  it.each<[string, Setting]>([
    ['where the package is not installed', { isInstalled: false }],
    ['where the cache is off', { variables: { LARDER_MODE: 'off' } }],
    ['where there is no token', { variables: { LARDER_TOKEN: '' } }],
  ])(
    'has no fast lane %s, even if the command that runs it as a task has',
    async (_what, given) => {
      const inherited = { [urlVariable]: 'http://127.0.0.1:1', LARDER_FAST_LANE_TOKEN: 'x' };
      prepare({ ...given, variables: { ...inherited, ...given.variables } });
      await openByHooks();
      expect(getRemoteCache()).toBeNull();
    },
  );

  it('leaves the cache to another package that Nx prefers', async () => {
    prepare();
    installCachePackage(workspace, '@nx/azure-cache');
    await openByHooks();
    expect(getRemoteCache()).toBeNull();
    expect(printed).toEqual([expect.stringContaining('@nx/azure-cache')]);
  });
});

describe('a command of the runner', () => {
  it("of Nx 20 hands folders over and leaves Nx's cache as it is", async () => {
    prepare({ version: '20.0.13' });
    await run(async (cache, given) => {
      expect(given).toBeUndefined();
      expect(process.env.NX_DB_CACHE).toBeUndefined();
      expect(await retrieve(cache, '1')).toBeNull();
      await storeTask(cache, '1');
    });
    expect(getRemoteCache()).toBeNull();
    forgetCache();
    await run(async (cache) => {
      expect(await retrieve(cache, '1')).toEqual(cached('1'));
    });
    expect(existsSync(join(workspace.cacheDirectory, '1.commit'))).toBe(false);
    expect(printed).toEqual([
      expect.stringMatching(/^Larder: 0 of 1 task .* 1 stored/),
      expect.stringMatching(/^Larder: 1 of 1 task /),
    ]);
  });

  it.each<[string, Setting]>([
    ['of Nx 19, which knows no such packages,', { version: '19.8.14' }],
    ['with the former cache of Nx', { version: '20.0.13', variables: { NX_DB_CACHE: 'false' } }],
  ])('%s does it in its own way, and says so', async (_what, given) => {
    prepare(given);
    await run((cache, remoteCache) => {
      expect(cache).toBeNull();
      expect(remoteCache).toBeDefined();
    });
    expect(printed).toEqual([expect.stringMatching(/^Larder: the fast lane .* does not use it/)]);
  });

  it('that skips the remote cache has no fast lane', async () => {
    prepare({ version: '20.0.13', variables: { NX_SKIP_REMOTE_CACHE: 'true' } });
    await run((cache) => {
      expect(cache).toBeNull();
    });
    expect(printed).toEqual([]);
  });
});
