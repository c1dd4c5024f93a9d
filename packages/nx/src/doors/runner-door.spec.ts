import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataLayout } from '../agent/protocol/data-layout.ts';
import { createRunHistory } from '../history/run-history.ts';
import { artifactHash } from '../identity/artifact-hash.ts';
import type { NxJson, NxTask, RunnerContext } from '../nx-facts/nx-contexts.ts';
import { createAgentBed } from '../testing/agent-bed.fixture.ts';
import { waitFor, type ArtifactsServer } from '../testing/artifacts-server.fixture.ts';
import {
  capturePrints,
  enterNxWorkspace,
  setEnvironment,
  type NxWorkspace,
} from '../testing/nx-workspace.fixture.ts';
import { agentProcesses, killAgents } from '../testing/processes.fixture.ts';
import { createGate, until } from '../testing/test-bed.fixture.ts';
import { runTasks } from './runner-door.ts';

/** Nx's interface for remote caches, as its runner uses it. */
interface RemoteCache {
  retrieve(taskHash: string, cacheDirectory: string): Promise<boolean>;
  store(taskHash: string, cacheDirectory: string): Promise<boolean>;
}

const bed = createAgentBed();
let server: ArtifactsServer;
let workspace: NxWorkspace;
let printed: string[];

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

function prepare(variables: Record<string, string> = {}, version = '19.8.14'): void {
  workspace = enterNxWorkspace(bed, version);
  setEnvironment(bed, {
    CI: 'true',
    LARDER_URL: server.url,
    LARDER_TOKEN: 'token-of-the-team',
    LARDER_DATA_DIRECTORY: bed.dataDirectory,
    ...variables,
  });
  printed = capturePrints(bed);
}

interface Command {
  readonly options?: Record<string, unknown>;
  readonly nxJson?: NxJson;
  readonly tasks?: Record<string, NxTask>;
  readonly nxArgs?: RunnerContext['nxArgs'];
}

/** Runs a command whose tasks are what `play` does with the remote cache that Nx's runner gets. */
async function run(
  play: (remoteCache: RemoteCache | undefined) => unknown,
  { options = {}, nxJson = {}, tasks, nxArgs }: Command = {},
): Promise<unknown> {
  globalThis.playNxRunner = (_tasks, given) => play(given.remoteCache as RemoteCache | undefined);
  const context: RunnerContext = { nxJson, taskGraph: tasks && { tasks }, nxArgs };
  return runTasks(['a task'], options, context);
}

/** An entry as Nx writes it before it stores it. */
function writeEntry(taskHash: string): void {
  const entry = join(workspace.cacheDirectory, taskHash);
  mkdirSync(join(entry, 'outputs', 'dist'), { recursive: true });
  writeFileSync(join(entry, 'code'), '0');
  writeFileSync(join(entry, 'terminalOutput'), 'done\n');
  writeFileSync(join(entry, 'outputs', 'dist', 'main.js'), 'built');
  writeFileSync(`${entry}.commit`, 'true');
}

const wireHash = (taskHash: string) => artifactHash({ format: 'tar.br', namespace: '', taskHash });

it('asks once for all tasks of the command, and not again for what is not there', async () => {
  prepare();
  server.keep(wireHash('3'), Buffer.from('no archive'));
  const tasks = { one: { hash: '1' }, two: { hash: '2' }, three: { hash: '3' }, later: {} };
  await run(
    async (remoteCache) => {
      await until('the server has told', () => server.seen('query').length === 1);
      await until('the agent knows', async () => {
        const before = server.seen('get').length;
        await remoteCache?.retrieve('2', workspace.cacheDirectory);
        return server.seen('get').length === before;
      });
      const before = server.seen('get').length;
      expect(await remoteCache?.retrieve('1', workspace.cacheDirectory)).toBe(false);
      expect(server.seen('get')).toHaveLength(before);
      await remoteCache?.retrieve('3', workspace.cacheDirectory);
      expect(server.seen('get', wireHash('3'))).toHaveLength(1);
    },
    { tasks },
  );
});

it('tells the agent what Nx knows of the tasks, for the record', async () => {
  prepare();
  const tasks: Record<string, NxTask> = {
    'app:build': { hash: '1', hashDetails: { command: '9', nodes: { 'env:A': '7' } } },
    'lib:build': { hash: '2' },
    'app:lint': { hash: '3' },
  };
  await run(
    async (remoteCache) => {
      await remoteCache!.retrieve('1', workspace.cacheDirectory);
      return { 'app:build': 'failure', 'lib:build': 'local-cache', 'app:lint': 'success' };
    },
    { tasks, options: { cacheableOperations: ['build'] } },
  );
  const history = createRunHistory(dataLayout(bed.dataDirectory).runs);
  await until('the record is there', async () => (await history.list()).length === 1);
  const [record] = await history.list();
  expect(record).toMatchObject({
    command: { door: 'runner', nxVersion: '19.8' },
    inputs: { byTask: { 1: [0, 1] } },
  });
  const told = record?.report.tasks.map(({ taskId, source, notStored }) => [
    taskId,
    source,
    notStored?.reason,
  ]);
  expect(told).toEqual([
    ['app:build', 'none', 'failed'],
    ['lib:build', 'local', 'found'],
    ['app:lint', 'none', 'not-cacheable'],
  ]);
});

describe('a command', () => {
  it('stores what it builds, gets back what others built, and is reported', async () => {
    prepare();
    await run(async (remoteCache) => {
      expect(await remoteCache!.retrieve('1', workspace.cacheDirectory)).toBe(false);
      writeEntry('1');
      expect(await remoteCache!.store('1', workspace.cacheDirectory)).toBe(true);
    });
    expect(server.artifacts.has(wireHash('1'))).toBe(true);
    expect(printed).toEqual([
      expect.stringMatching(/^Larder: 0 of 1 task from the remote cache · 1 stored · \d+ B up$/),
    ]);

    rmSync(workspace.cacheDirectory, { recursive: true });
    mkdirSync(workspace.cacheDirectory);
    await run(async (remoteCache) => {
      expect(await remoteCache!.retrieve('1', workspace.cacheDirectory)).toBe(true);
    });
    const output = join(workspace.cacheDirectory, '1', 'outputs', 'dist', 'main.js');
    expect(readFileSync(output, 'utf8')).toBe('built');
    expect(existsSync(join(workspace.cacheDirectory, '1.commit'))).toBe(true);
    expect(printed[1]).toMatch(/^Larder: 1 of 1 task from the remote cache · \d+ B down$/);
  });

  it('goes on while its artifacts are sent, and in CI ends when they have arrived', async () => {
    prepare();
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    let hasPlayed = false;
    const ended = run(async (remoteCache) => {
      writeEntry('1');
      await remoteCache!.store('1', workspace.cacheDirectory);
      hasPlayed = true;
    });
    await until('its tasks are done', () => hasPlayed);
    await until('the upload has begun', () => server.seen('put').length === 1);
    expect(server.artifacts.size).toBe(0);
    gate.open();
    await ended;
    expect(server.artifacts.size).toBe(1);
  });

  it('tells how long its tasks have run', async () => {
    prepare();
    const tasks = {
      'app:build': { hash: '1', startTime: Date.now() - 3_600_000 },
      'app:test': { hash: '2', startTime: Date.now() + 3_600_000 },
      'app:lint': { hash: '3' },
    };
    await run(
      async (remoteCache) => {
        for (const task of ['1', '2', '3', '4']) {
          writeEntry(task);
          await remoteCache!.store(task, workspace.cacheDirectory);
        }
      },
      { tasks },
    );
    const [first, ...others] = ['1', '2', '3', '4'].map((task) =>
      Number(server.artifacts.get(wireHash(task))?.headers['x-artifact-duration']),
    );
    expect(first).toBeGreaterThanOrEqual(3_600_000);
    expect(first).toBeLessThan(3_700_000);
    expect(others).toEqual([0, 0, 0]);
  });

  it("hands on what Nx's runner is given and what it returns", async () => {
    prepare();
    const seen: unknown[] = [];
    globalThis.playNxRunner = (...given) => {
      seen.push(...given);
      return Promise.resolve('the result');
    };
    const context: RunnerContext = { nxJson: {} };
    expect(await runTasks(['a task'], { parallel: 5 }, context)).toBe('the result');
    expect(seen).toEqual([
      ['a task'],
      { parallel: 5, remoteCache: expect.any(Object) as object },
      context,
    ]);
    expect(seen[2]).toBe(context);
  });

  it('whose runner fails fails with that, and its run is closed', async () => {
    prepare();
    const failure = new Error('of Nx itself');
    const ended = run(async (remoteCache) => {
      writeEntry('1');
      await remoteCache!.store('1', workspace.cacheDirectory);
      throw failure;
    });
    await expect(ended).rejects.toBe(failure);
    expect(server.artifacts.size).toBe(1);
    // A slow machine also sees that the command waits for the upload.
    expect(printed.filter((line) => !line.startsWith('Larder: waiting for'))).toHaveLength(1);
  });

  it('goes on when the agent dies, and says so once', async () => {
    prepare();
    await run(async (remoteCache) => {
      await killAgents(bed.dataDirectory);
      for (const task of ['1', '2', '3']) {
        expect(await remoteCache!.retrieve(task, workspace.cacheDirectory)).toBe(false);
        writeEntry(task);
        expect(await remoteCache!.store(task, workspace.cacheDirectory)).toBe(true);
      }
    });
    expect(printed).toEqual([expect.stringContaining('LARDER_AGENT_UNREACHABLE')]);
  });

  it.each([
    ['19.8.14', undefined],
    ['20.0.13', 'false'],
    ['20.8.4', 'false'],
  ])('of Nx %s sets NX_DB_CACHE to %s before Nx looks at it', async (version, expected) => {
    prepare({}, version);
    await run(() => {
      expect(process.env.NX_DB_CACHE).toBe(expected);
    });
  });
});

describe('a command without the remote cache', () => {
  async function expectPlain(command: Command, lines: readonly RegExp[] = []): Promise<void> {
    const seen: unknown[] = [];
    globalThis.playNxRunner = (_tasks, options) => {
      seen.push(options);
      return Promise.resolve('the result');
    };
    const { options = {}, nxJson = {}, nxArgs } = command;
    expect(await runTasks([], options, { nxJson, nxArgs })).toBe('the result');
    expect(seen).toEqual([options]);
    expect(process.env.NX_DB_CACHE).toBeUndefined();
    expect(agentProcesses(bed.dataDirectory)).toEqual([]);
    expect(printed).toEqual(lines.map((line) => expect.stringMatching(line) as string));
  }

  it.each<[string, Record<string, string>, Command]>([
    ['for it is told to skip it', {}, { nxArgs: { skipRemoteCache: true } }],
    ['for its options say so', {}, { options: { skipRemoteCache: true } }],
    ['for a variable says so', { NX_SKIP_REMOTE_CACHE: 'true' }, {}],
    ['for another variable says so', { NX_DISABLE_REMOTE_CACHE: 'true' }, {}],
    ['for it is told to skip all caches', {}, { nxArgs: { skipNxCache: true } }],
    ['for its options skip all caches', {}, { options: { skipNxCache: true } }],
    ['for a variable skips all caches', { NX_SKIP_NX_CACHE: 'true' }, {}],
    ['for it is turned off', { LARDER_MODE: 'off' }, {}],
    ['for it is off in CI', {}, { options: { mode: 'read', ciMode: 'off' } }],
  ])("is Nx's own, and nothing is said: %s", async (_what, variables, command) => {
    prepare(variables, '20.0.13');
    await expectPlain(command);
  });

  it("is Nx's own with a flag that Nx does not know, which does not reach the tasks", async () => {
    prepare({}, '19.8.14');
    const argv = process.argv;
    bed.onCleanUp(() => {
      process.argv = argv;
    });
    process.argv = ['node', 'nx', 'run-many', '--skip-remote-cache'];
    const task: NxTask = {
      hash: '1',
      overrides: {
        'skip-remote-cache': true,
        __overrides_unparsed__: ['--skip-remote-cache'],
      },
    };
    await run(
      (remoteCache) => {
        expect(remoteCache).toBeUndefined();
        expect(task).toEqual({ overrides: { __overrides_unparsed__: [] } });
      },
      { tasks: { 'app:build': task } },
    );
    expect(agentProcesses(bed.dataDirectory)).toEqual([]);
    expect(printed).toEqual([]);
  });

  it.each<[string, NxJson['plugins'], boolean]>([
    ['as a text', ['@larder/nx'], true],
    ['with options', [{ plugin: '@larder/nx' }], true],
    ['not at all', ['@nx/js', { plugin: '@nx/jest' }], false],
  ])('is left to the hooks where nx.json lists the plugin: %s', async (_what, plugins, isLeft) => {
    prepare({}, '20.8.4');
    if (isLeft) await expectPlain({ nxJson: { plugins } });
    else
      await run(
        (remoteCache) => {
          expect(remoteCache).toBeDefined();
        },
        { nxJson: { plugins } },
      );
  });

  it('is not left to hooks that Nx does not have yet', async () => {
    prepare({}, '20.7.2');
    await run(
      (remoteCache) => {
        expect(remoteCache).toBeDefined();
      },
      {
        nxJson: { plugins: ['@larder/nx'] },
      },
    );
  });

  it.each<[string, Record<string, string>, Command, RegExp]>([
    ['no token', { LARDER_TOKEN: '' }, {}, /no token.*LARDER_TOKEN/],
    ['a wrong mode', { LARDER_MODE: 'readonly' }, {}, /LARDER_MODE must be one of/],
    [
      'a wrong option',
      {},
      { options: { uploadConcurrency: 'many' } },
      /"uploadConcurrency" in nx\.json tasksRunnerOptions/,
    ],
  ])("is Nx's own with %s, which is said in one line", async (_what, variables, command, line) => {
    prepare(variables);
    await expectPlain(command, [line]);
  });

  it("is Nx's own when no agent can be started, which is said in one line", async () => {
    prepare();
    writeFileSync(join(workspace.root, 'file'), '');
    process.env.LARDER_DATA_DIRECTORY = join(workspace.root, 'file', 'larder');
    await expectPlain({}, [/LARDER_AGENT_NOT_STARTED/]);
  });
});
