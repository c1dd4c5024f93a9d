import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from '../../vendor/tar-stream/index.js';
import type { NxJson, PostContext, PreContext } from '../nx-facts/nx-contexts.ts';
import type { LarderOptions } from '../options/larder-options.ts';
import { dataLayout } from '../agent/protocol/data-layout.ts';
import { createRunHistory } from '../history/run-history.ts';
import { createAgentBed } from '../testing/agent-bed.fixture.ts';
import { answer, type ArtifactsServer } from '../testing/artifacts-server.fixture.ts';
import { startGithubEndpoint } from '../testing/github-endpoint.fixture.ts';
import { createNxClient, type NxClient } from '../testing/nx-client.fixture.ts';
import {
  capturePrints,
  enterNxWorkspace,
  setEnvironment,
  type NxWorkspace,
} from '../testing/nx-workspace.fixture.ts';
import { agentProcesses, untilNoAgent } from '../testing/processes.fixture.ts';
import { until } from '../testing/test-bed.fixture.ts';
import { artifactHash } from '../identity/artifact-hash.ts';
import { postTasksExecution, preTasksExecution } from './hooks-door.ts';

const bed = createAgentBed();
let server: ArtifactsServer;
let workspace: NxWorkspace;
let printed: string[];

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

const serverVariable = 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER';
const tokenVariable = 'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN';

/** An Nx command in CI, with Larder configured unless the variables say otherwise. */
function prepare(variables: Record<string, string> = {}, version = '24.0.6'): void {
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

function preContext(overrides: Partial<PreContext> = {}): PreContext {
  return {
    id: 'command',
    workspaceRoot: workspace.root,
    nxJsonConfiguration: {},
    argv: ['node', 'nx', 'run-many'],
    ...overrides,
  };
}

/** Tasks by hash with their start and end. */
function postContext(
  times: Record<string, [start: number, end: number]>,
  overrides: Partial<PostContext> = {},
): PostContext {
  const results = Object.entries(times).map(([hash, [startTime, endTime]]) => [
    `project:${hash}`,
    { task: { hash, startTime, endTime } },
  ]);
  return {
    id: 'command',
    workspaceRoot: workspace.root,
    nxJsonConfiguration: {},
    taskResults: Object.fromEntries(results) as PostContext['taskResults'],
    ...overrides,
  };
}

/** Nx's cache client, pointed at whatever the hook has told it. */
function nxClient(): NxClient {
  const url = process.env[serverVariable] ?? '';
  const nx = createNxClient({ url, token: process.env[tokenVariable] ?? '' });
  bed.onCleanUp(() => {
    nx.disconnect();
  });
  return nx;
}

const wireHash = (taskHash: string, namespace = '') =>
  artifactHash({ format: 'nx.tar.gz', namespace, taskHash });

const sentDuration = (taskHash: string) =>
  server.artifacts.get(wireHash(taskHash))?.headers['x-artifact-duration'];

function expectUntouched(): void {
  expect(process.env[serverVariable]).toBeUndefined();
  expect(process.env[tokenVariable]).toBeUndefined();
  expect(agentProcesses(bed.dataDirectory)).toEqual([]);
}

it('tells the agent what Nx knows of the tasks, for the record and the report', async () => {
  const reportFile = join(bed.makeFolder(), 'report.json');
  prepare({ LARDER_REPORT_FILE: reportFile });
  await preTasksExecution(undefined, preContext());
  await nxClient().get('1');
  const hashDetails = { command: '9', nodes: { 'env:A': '7' }, implicitDeps: {}, runtime: {} };
  const built = { hash: '1', cache: true, hashDetails, startTime: 1000, endTime: 3500 };
  const taskResults = {
    'app:build': { task: built, status: 'success' },
    'lib:build': { task: { hash: '2' }, status: 'local-cache' },
    'lib:serve': { task: {}, status: 'stopped' },
  };
  await postTasksExecution(undefined, postContext({}, { taskResults }));
  const history = createRunHistory(dataLayout(bed.dataDirectory).runs);
  await until('the record is there', async () => (await history.list()).length === 1);
  expect(await history.list()).toMatchObject([
    {
      command: { door: 'hooks', nxVersion: '24.0' },
      inputs: {
        table: [
          ['command', '9'],
          ['env:A', '7'],
        ],
        byTask: { 1: [0, 1] },
      },
      report: {
        tasks: [
          { taskId: 'app:build', source: 'none', lookup: 'miss', durationMs: 2500 },
          { taskId: 'lib:build', source: 'local', lookup: null },
        ],
      },
    },
  ]);
  expect(JSON.parse(readFileSync(reportFile, 'utf8'))).toMatchObject({
    version: 1,
    tasks: [{ taskId: 'app:build' }, { taskId: 'lib:build' }],
  });
});

describe('a command', () => {
  it('gets its cache from the agent, and is reported', async () => {
    prepare();
    server.keep(wireHash('1'), Buffer.from('found'), { 'x-artifact-duration': '2500' });
    await preTasksExecution(undefined, preContext());
    expect(printed).toEqual([]);

    const nx = nxClient();
    expect((await nx.get('1')).body.toString()).toBe('found');
    expect((await nx.get('2')).status).toBe(404);
    expect(await nx.put('2', 'built')).toBe(200);
    await postTasksExecution(undefined, postContext({ '2': [1000, 4321] }));
    expect(server.artifacts.get(wireHash('2'))?.body.toString()).toBe('built');
    expect(server.seen('put')[0]?.headers.authorization).toBe('Bearer token-of-the-team');
    expect(printed).toEqual([
      'Larder: 1 of 2 tasks from the remote cache · 2.5 s saved · 5 B down · 1 stored · 5 B up',
    ]);
  });

  it('of Nx 20.8, which gives it no id, is told by its tasks', async () => {
    prepare({}, '20.8.4');
    const noId = { id: undefined };
    await preTasksExecution(undefined, preContext({ ...noId, argv: undefined }));
    const nx = nxClient();
    await nx.put('1', 'built');
    expect(server.artifacts.size).toBe(0);
    await postTasksExecution(undefined, postContext({ '1': [1000, 1250] }, noId));
    expect(sentDuration('1')).toBe('250');
    expect(printed).toHaveLength(1);
  });

  it('sees its artifacts wait for exact durations only where tasks may have waited', async () => {
    prepare();
    await preTasksExecution(undefined, preContext({ argv: ['nx', 'run-many', '--parallel=1'] }));
    const nx = nxClient();
    await nx.get('1');
    await nx.put('1', 'built');
    await until('it is sent at once', () => sentDuration('1') !== undefined);
    await nx.get('2');
    await nx.get('3');
    await nx.put('2', 'built');
    await nx.put('3', 'built');
    await postTasksExecution(undefined, postContext({ '2': [0, 250], '3': [250, 375] }));
    expect([sentDuration('2'), sentDuration('3')]).toEqual(['250', '125']);
  });

  it('of Nx 22.7 does not see them wait', async () => {
    prepare({}, '22.7.12');
    await preTasksExecution(undefined, preContext({ argv: ['nx', 'run-many', '--parallel=1'] }));
    const nx = nxClient();
    for (const task of '123') await nx.get(task);
    for (const task of '123') await nx.put(task, 'built');
    await until('they are sent at once', () => server.artifacts.size === 3);
  });

  it("counts the end of a task by Nx's folder of terminal outputs", async () => {
    prepare({}, '22.7.12');
    await preTasksExecution(undefined, preContext());
    const nx = nxClient();
    await nx.get('1');
    const endedAt = Date.now() + 100;
    const file = join(workspace.cacheDirectory, 'terminalOutputs', '1');
    writeFileSync(file, 'done');
    utimesSync(file, endedAt / 1000, endedAt / 1000);
    // Nx packs the outputs for a while.
    await until('two seconds have passed', () => Date.now() - endedAt > 2000);
    await nx.put('1', 'built');
    await until('it is sent', () => sentDuration('1') !== undefined);
    expect(Number(sentDuration('1'))).toBeLessThan(2000);
  });

  it.each<[string, LarderOptions | undefined, object]>([
    ["the plugin's options", { namespace: 'shop' }, {}],
    [
      'the options of a tasks runner of former days',
      undefined,
      { tasksRunnerOptions: { default: { options: { namespace: 'shop', parallel: 3 } } } },
    ],
  ])('heeds %s', async (_what, options, nxJsonConfiguration) => {
    prepare();
    await preTasksExecution(options, preContext({ nxJsonConfiguration }));
    await nxClient().get('1');
    await postTasksExecution(options, postContext({}, { nxJsonConfiguration }));
    expect(server.seen('get')[0]?.hash).toBe(wireHash('1', 'shop'));
    expect(printed).toHaveLength(1);
  });

  it('in trouble with the server goes on, and the trouble is said once', async () => {
    prepare();
    server.behaviour.get = answer(401);
    await preTasksExecution(undefined, preContext());
    const nx = nxClient();
    for (const task of '123') expect((await nx.get(task)).status).toBe(404);
    await postTasksExecution(undefined, postContext({}));
    expect(printed).toEqual([
      'Larder: 0 of 3 tasks from the remote cache',
      expect.stringMatching(/^Larder: warning: .*LARDER_TOKEN.*\(LARDER_ACCESS_UNAUTHORIZED\)$/),
    ]);
  });

  it.each([
    [{}, undefined],
    [{ HTTP_PROXY: 'http://proxy' }, '127.0.0.1'],
    [{ all_proxy: 'http://proxy', NO_PROXY: 'intranet' }, 'intranet,127.0.0.1'],
    [{ HTTP_PROXY: 'http://proxy', no_proxy: 'intranet' }, 'intranet,127.0.0.1'],
  ])('with the proxy settings %j gets the NO_PROXY %s', async (variables, expected) => {
    prepare(variables);
    await preTasksExecution(undefined, preContext());
    expect(process.env.NO_PROXY).toBe(expected);
    expect(process.env.no_proxy).toBe(expected);
    expect((await nxClient().get('1')).status).toBe(404);
  });
});

describe('a job without a token', () => {
  it('of GitHub Actions gets one for its identity', async () => {
    const github = await startGithubEndpoint(bed);
    server.access = { audience: server.url, token: 'minted', access: 'read-write' };
    prepare({
      LARDER_TOKEN: '',
      ACTIONS_ID_TOKEN_REQUEST_URL: github.url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    });
    await preTasksExecution(undefined, preContext());

    const nx = nxClient();
    expect((await nx.get('1')).status).toBe(404);
    expect(await nx.put('1', 'built')).toBe(200);
    await postTasksExecution(undefined, postContext({ '1': [0, 1] }));

    expect(github.requests).toEqual([
      { audience: server.url, authorization: 'bearer request-token' },
    ]);
    expect(server.seen('put')[0]?.headers.authorization).toBe('Bearer minted');
    expect(printed).toEqual(['Larder: 0 of 1 task from the remote cache · 1 stored · 5 B up']);
  });

  it('says in one line why it does without', async () => {
    prepare({ LARDER_TOKEN: '', LARDER_ID_TOKEN: 'a.b.c' });
    await preTasksExecution(undefined, preContext());

    const nx = nxClient();
    expect((await nx.get('1')).status).toBe(404);
    expect(await nx.put('1', 'built')).toBe(200);
    await postTasksExecution(undefined, postContext({ '1': [0, 1] }));

    expect(printed).toEqual([
      'Larder: 0 of 1 task from the remote cache',
      expect.stringMatching(
        /^Larder: warning: .*gives none.*LARDER_TOKEN.*\(LARDER_OIDC_NOT_OFFERED\)$/,
      ),
    ]);
  });

  it('is known to nobody where no server is named', async () => {
    prepare({ LARDER_TOKEN: '', LARDER_URL: '', LARDER_ID_TOKEN: 'a.b.c' });
    await preTasksExecution(undefined, preContext());
    expectUntouched();
    expect(printed).toEqual([expect.stringContaining('there is no token')]);
  });
});

describe('the hooks do nothing and say nothing', () => {
  it.each<[string, Record<string, string>]>([
    ['when the cache is turned off', { LARDER_MODE: 'off' }],
    ['when it is off and there is no token', { LARDER_MODE: 'off', LARDER_TOKEN: '' }],
    ['with NX_SKIP_REMOTE_CACHE', { NX_SKIP_REMOTE_CACHE: 'true' }],
    ['with NX_DISABLE_REMOTE_CACHE', { NX_DISABLE_REMOTE_CACHE: 'true', LARDER_MODE: 'wrong' }],
    ['with NX_SKIP_NX_CACHE', { NX_SKIP_NX_CACHE: 'true' }],
    ['with NX_DISABLE_NX_CACHE', { NX_DISABLE_NX_CACHE: 'true' }],
    ['when it is off and Nx Cloud is used', { LARDER_MODE: 'off', NX_CLOUD_ACCESS_TOKEN: 'x' }],
  ])('%s', async (_what, variables) => {
    prepare(variables);
    await preTasksExecution(undefined, preContext());
    await postTasksExecution(undefined, postContext({ '1': [0, 1] }));
    expectUntouched();
    expect(printed).toEqual([]);
  });

  it.each(['--skip-nx-cache', '--skipRemoteCache', '--disable-remote-cache'])(
    'with the flag %s',
    async (flag) => {
      prepare();
      const argv = ['node', 'nx', 'run-many', flag];
      await preTasksExecution(undefined, preContext({ argv }));
      await postTasksExecution(undefined, postContext({ '1': [0, 1] }, { argv }));
      expectUntouched();
      expect(printed).toEqual([]);
    },
  );

  it('in an Nx that leaves the cache to a runner, and has one', async () => {
    prepare({ LARDER_MODE: 'wrong' }, '20.7.2');
    const nxJsonConfiguration = { tasksRunnerOptions: { default: { runner: '@larder/nx' } } };
    await preTasksExecution(undefined, preContext({ nxJsonConfiguration }));
    expectUntouched();
    expect(printed).toEqual([]);
  });

  it('when the cache is off where this is', async () => {
    prepare();
    await preTasksExecution({ ciMode: 'off', mode: 'read-write' }, preContext());
    expectUntouched();
    expect(printed).toEqual([]);
  });

  it('after the tasks when there was no agent', async () => {
    prepare();
    await postTasksExecution(undefined, postContext({ '1': [0, 1] }));
    expectUntouched();
    expect(printed).toEqual([]);
  });
});

describe('the hooks leave a command alone, and say in one line what would help,', () => {
  it.each<[string, string, NxJson, Record<string, string>, RegExp]>([
    [
      'in an Nx that takes the cache from a runner that is not set',
      '20.7.2',
      { tasksRunnerOptions: { default: { options: {} } } },
      {},
      /Nx 20\.7 takes it from the tasks runner.*"runner": "@larder\/nx"/,
    ],
    [
      'with Nx Cloud',
      '24.0.6',
      { nxCloudId: 'an id' },
      {},
      /Nx prefers Nx Cloud \("nxCloudId" in nx\.json\).*NX_NO_CLOUD=true.*LARDER_MODE=off/,
    ],
    [
      "with Nx Cloud, whose token says enough for Larder's absence",
      '20.8.4',
      {},
      { NX_CLOUD_ACCESS_TOKEN: 'x', LARDER_TOKEN: '' },
      /Nx Cloud \(NX_CLOUD_ACCESS_TOKEN\)/,
    ],
  ])('%s', async (_what, version, nxJsonConfiguration, variables, line) => {
    prepare(variables, version);
    await preTasksExecution(undefined, preContext({ nxJsonConfiguration }));
    await postTasksExecution(undefined, postContext({ '1': [0, 1] }, { nxJsonConfiguration }));
    expectUntouched();
    expect(printed).toEqual([expect.stringMatching(line)]);
  });

  it('with a package that Nx prefers', async () => {
    prepare();
    const folder = join(workspace.root, 'node_modules', '@nx', 's3-cache');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), '');
    await preTasksExecution(undefined, preContext());
    await postTasksExecution(undefined, postContext({ '1': [0, 1] }));
    expectUntouched();
    expect(printed).toEqual([
      expect.stringMatching(/prefers the cache of @nx\/s3-cache.*uninstall that package/),
    ]);
  });
});

describe('a command of an Nx that hides from its hooks that the cache is skipped', () => {
  it('asks nothing of the server as long as Nx asks nothing', async () => {
    prepare({ NX_DAEMON_PROCESS: 'true' }, '21.6.11');
    await preTasksExecution(undefined, preContext());
    await postTasksExecution(undefined, postContext({ '1': [0, 1] }));
    await untilNoAgent(bed.dataDirectory);
    expect(server.requests).toEqual([]);
    expect(printed).toEqual([]);
  });

  it('asks it as soon as Nx asks', async () => {
    prepare({ NX_DAEMON_PROCESS: 'true' }, '21.6.11');
    server.keep(wireHash('1'), Buffer.from('found'));
    await preTasksExecution(undefined, preContext());
    expect((await nxClient().get('1')).body.toString()).toBe('found');
    expect(server.seen('status')).toHaveLength(1);
    await postTasksExecution(undefined, postContext({}));
    expect(printed).toEqual([expect.stringMatching(/1 of 1 task/)]);
  });
});

describe('in the daemon of Nx, which has one environment for all of its commands', () => {
  /** Runs the hook as Nx does, and returns what Nx hands on to the command. */
  async function callHook(context: PreContext): Promise<Record<string, string>> {
    const updates: Record<string, string> = {};
    const before = process.env;
    process.env = new Proxy(before, {
      set(target, name: string, value: string) {
        target[name] = value;
        updates[name] = value;
        return true;
      },
    });
    await preTasksExecution(undefined, context);
    process.env = before;
    // Nx sends them at once; what a later hook assigns does not count any more.
    return { ...updates };
  }

  /** The process of a command, which the hook is not called in. */
  async function startCommand(variables: Record<string, string>): Promise<PreContext> {
    const script = join(workspace.root, 'nx.js');
    writeFileSync(script, 'console.log("started"); setInterval(() => {}, 1000);');
    const id = variables.LARDER_TOKEN ?? '';
    const child = spawn(process.execPath, [script, id], {
      cwd: workspace.root,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    bed.onCleanUp(async () => {
      const ended = once(child, 'exit');
      if (child.kill('SIGKILL')) await ended;
    });
    await once(child.stdout, 'data');
    return preContext({ id, argv: [process.execPath, script, id] });
  }

  it('each of several commands at once gets a run of its own', async () => {
    prepare({ NX_DAEMON_PROCESS: 'true' });
    const { env } = process;
    const updates = await Promise.all(
      ['a', 'b', 'c'].map((id) => callHook(preContext({ id, argv: ['node', 'nx', id] }))),
    );
    process.env = env;
    const tokens = updates.map((variables) => variables[tokenVariable]);
    expect(tokens).toEqual(tokens.map(() => expect.any(String) as string));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('each of several commands at once uses the credential that it was started with', async () => {
    prepare({ NX_DAEMON_PROCESS: 'true' });
    const tokens = ['first', 'second'];
    const contexts = await Promise.all(
      tokens.map((token) => startCommand({ LARDER_TOKEN: token })),
    );
    for (const [index, context] of contexts.entries()) {
      const variables = await callHook(context);
      const nx = createNxClient({
        url: variables[serverVariable] ?? '',
        token: variables[tokenVariable] ?? '',
      });
      bed.onCleanUp(() => {
        nx.disconnect();
      });
      await nx.get(String(index));
    }
    // Systems other than Linux do not tell what a process was started with.
    const expected = process.platform === 'linux' ? tokens : tokens.map(() => 'token-of-the-team');
    expect(server.seen('get').map(({ headers }) => headers.authorization)).toEqual(
      expected.map((token) => `Bearer ${token}`),
    );
  });
});

describe('a failure that Nx wants to be stored', () => {
  it.each([
    ['21.6.11', false],
    ['22.7.12', true],
  ])('with Nx %s is stored: %s', async (version, isStored) => {
    prepare({ NX_CACHE_FAILURES: 'true' }, version);
    await preTasksExecution(undefined, preContext());
    const tar = pack();
    tar.entry({ name: 'code' }, Buffer.from([0, 0, 0, 1]));
    tar.finalize();
    expect(await nxClient().put('1', gzipSync(await buffer(tar)))).toBe(200);
    await postTasksExecution(undefined, postContext({ '1': [0, 1] }));
    expect(server.artifacts.has(wireHash('1'))).toBe(isStored);
    expect(printed.join()).not.toContain('warning');
  });
});

describe('the hooks never throw, and say it in one line', () => {
  it.each<[string, Record<string, string>, unknown, RegExp]>([
    ['no token', { LARDER_TOKEN: '' }, undefined, /no token.*LARDER_TOKEN/],
    ['a wrong mode', { LARDER_MODE: 'readonly' }, undefined, /LARDER_MODE must be one of/],
    ['a wrong address', {}, { url: 'cache.example.com' }, /LARDER_URL|"url"/],
    ['a wrong number', {}, { uploadConcurrency: 0 }, /"uploadConcurrency" in nx\.json/],
    ['options that are none', {}, ['url'], /must be an object/],
  ])('with %s', async (_what, variables, options, line) => {
    prepare({ LARDER_URL: '', ...variables });
    await preTasksExecution(options as LarderOptions, preContext());
    await postTasksExecution(options as LarderOptions, postContext({ '1': [0, 1] }));
    expectUntouched();
    expect(printed).toEqual([expect.stringMatching(line)]);
    expect(printed[0]).toMatch(/^Larder: /);
  });

  it('with an option that nobody knows, which is ignored', async () => {
    prepare();
    await preTasksExecution({ tokn: 'x' } as LarderOptions, preContext());
    expect(printed).toEqual([expect.stringContaining('"tokn"')]);
    expect((await nxClient().get('1')).status).toBe(404);
  });

  it('when no agent can be started', async () => {
    prepare();
    const file = join(workspace.root, 'file');
    writeFileSync(file, '');
    process.env.LARDER_DATA_DIRECTORY = join(file, 'larder');
    await preTasksExecution(undefined, preContext());
    expect(process.env[serverVariable]).toBeUndefined();
    expect(printed).toEqual([expect.stringMatching(/LARDER_AGENT_NOT_STARTED/)]);
    await postTasksExecution(undefined, postContext({}));
    expect(printed).toHaveLength(1);
    expect(existsSync(join(file, 'larder'))).toBe(false);
  });

  it('when there is no Nx to be found', async () => {
    prepare();
    writeFileSync(join(workspace.root, 'node_modules', 'nx', 'package.json'), '{}');
    await preTasksExecution(undefined, preContext());
    expect(process.env[serverVariable]).toBeUndefined();
    expect(printed).toEqual([expect.stringMatching(/LARDER_NX_VERSION_UNKNOWN/)]);
  });

  it.each([undefined, null, {}])('with the context %j', async (context) => {
    prepare();
    await preTasksExecution(undefined, context as PreContext);
    await postTasksExecution(undefined, context as PostContext);
    expect(printed.length).toBeLessThanOrEqual(2);
    for (const line of printed) expect(line).toMatch(/^Larder: warning: .*LARDER_AGENT_UNEXPECTED/);
  });
});
