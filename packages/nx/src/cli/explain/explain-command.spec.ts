import type { HashInputs } from '../../agent/protocol/finished-command.ts';
import { recordOf, reportOf, taskOf } from '../../history/run-record.fixture.ts';
import type { RunRecord } from '../../history/run-record.ts';
import type { TaskRecord } from '../../report/run-report.ts';
import { answer, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { artifactHash } from '../../identity/artifact-hash.ts';
import { installNxHasher } from '../../testing/nx-hasher.fixture.ts';
import type { NxWorkspace } from '../../testing/nx-workspace.fixture.ts';
import { createCliBed } from '../cli-bed.fixture.ts';
import type { Explanation } from './explain-task.ts';
import type { Now } from './now.ts';

const bed = createCliBed();
let server: ArtifactsServer;
let workspace: NxWorkspace;

beforeEach(async () => {
  server = await bed.startServer();
  workspace = bed.enter({ variables: { LARDER_URL: server.url, LARDER_TOKEN: 'token' } });
});
afterEach(() => bed.cleanUp());

const inputs = (value: string): HashInputs => ({
  table: [
    ['app:{projectRoot}/**/*', value],
    ['AllExternalDependencies', '5'],
  ],
  byTask: { 1: [0, 1], 2: [0, 1] },
});

/** A command with one task. */
function at(closedAt: number, task: Partial<TaskRecord>, overrides: Partial<RunRecord> = {}) {
  const tasks = [taskOf('app:build', task)];
  const report = reportOf(tasks, { runId: `run-${String(closedAt)}`, url: server.url });
  return recordOf(tasks, { closedAt, report, ...overrides });
}

const explain = () => bed.larderJson<Explanation>('explain', 'app:build');

it('names the inputs that made the hash another one', async () => {
  await bed.record(
    at(1, { taskHash: '1' }, { inputs: inputs('10') }),
    at(2, { taskHash: '2' }, { inputs: inputs('20') }),
  );
  expect(await explain()).toMatchObject({
    verdict: 'inputs-changed',
    last: { task: { taskHash: '2' } },
    before: { task: { taskHash: '1' } },
    differences: [{ change: 'changed', kind: 'files', name: 'app:{projectRoot}/**/*' }],
  });
  const { exitCode, output } = await bed.larder('explain', 'app:build');
  expect(exitCode).toBe(0);
  expect(output).toMatch(/a miss, because its inputs are others/);
  expect(output).toContain('  changed  files of app ({projectRoot}/**/*)\n');
});

it('says when Nx did not tell what the hashes are made of', async () => {
  await bed.record(at(1, { taskHash: '1' }), at(2, { taskHash: '2' }, { inputs: inputs('20') }));
  expect(await explain()).toMatchObject({ verdict: 'inputs-changed', differences: null });
  expect((await bed.larder('explain', 'app:build')).output).toContain('is not known');
});

it.each<[string, Partial<TaskRecord>, Partial<RunRecord>, string, RegExp]>([
  ['Nx had it', { source: 'local', lookup: null }, {}, 'local-hit', /no miss/],
  ['the server had it', { source: 'remote', lookup: 'hit' }, {}, 'remote-hit', /no miss/],
  [
    'Nx does not cache it',
    { lookup: null, notStored: { reason: 'not-cacheable', code: null } },
    {},
    'not-cacheable',
    /does not cache this task/,
  ],
  ['lookups are off', { lookup: 'miss' }, { mode: 'write' }, 'lookups-off', /mode was "write"/],
  ['nobody asked', { lookup: null }, {}, 'not-asked', /did not ask/],
  [
    'the lookup failed',
    { missCode: 'LARDER_CONNECT_FAILED' },
    {},
    'trouble',
    /the cache server cannot be reached \(LARDER_CONNECT_FAILED\)/,
  ],
  ['it is new', {}, {}, 'first-time', /No earlier command/],
])('tells that %s', async (_what, task, record, verdict, sentence) => {
  await bed.record(at(1, task, record));
  expect(await explain()).toMatchObject({ verdict, before: null, differences: null });
  expect((await bed.larder('explain', 'app:build')).output).toMatch(sentence);
});

it('tells that the same inputs were not stored the time before, and why', async () => {
  const notStored = { reason: 'refused', code: 'LARDER_HTTP_TOO_LARGE' } as const;
  await bed.record(at(1, { store: 'dropped', notStored }), at(2, {}));
  expect(await explain()).toMatchObject({ verdict: 'same-inputs', differences: null });
  expect((await bed.larder('explain', 'app:build')).output).toMatch(
    /was not stored then: it was refused \(LARDER_HTTP_TOO_LARGE\)/,
  );
});

describe('what the server has now', () => {
  const { artifactHash } = taskOf('app:build');
  const state = async () => {
    const { presence } = await bed.larderJson<{ presence: { state: string } }>(
      'explain',
      'app:build',
    );
    return presence.state;
  };

  it('is asked for', async () => {
    await bed.record(at(1, {}));
    expect(await state()).toBe('absent');
    server.keep(artifactHash, Buffer.from('there'));
    expect(await state()).toBe('present');
  });

  it('is not known when it cannot be asked', async () => {
    await bed.record(at(1, {}));
    server.behaviour.get = answer(500);
    expect(await state()).toBe('unknown');
  });

  it('means nothing when another server is configured now', async () => {
    await bed.record(at(1, {}, { report: reportOf([taskOf('app:build')]) }));
    expect(await state()).toBe('elsewhere');
  });
});

describe('what the hash would be now', () => {
  const hashOf = (taskHash: string, format: 'tar.br' | 'nx.tar.gz' = 'nx.tar.gz') =>
    artifactHash({ format, namespace: '', taskHash });
  const now = async (...args: string[]) =>
    (await bed.larderJson<{ now: Now | null }>('explain', 'app:build', ...args)).now;

  it('is compared with the last command, and looked for on the server', async () => {
    installNxHasher(workspace);
    await bed.record(at(1, { taskHash: '1' }, { inputs: inputs('10') }));
    server.keep(hashOf('2'), Buffer.from('there'));
    expect(await now()).toMatchObject({
      taskHash: '2',
      artifactHash: hashOf('2'),
      isLast: false,
      presence: { state: 'present' },
      differences: [
        { change: 'changed', name: 'app:{projectRoot}/**/*' },
        { change: 'removed', name: 'AllExternalDependencies' },
      ],
    });
    const { exitCode, output } = await bed.larder('explain', 'app:build');
    expect(exitCode).toBe(0);
    expect(output).toContain('\n\nIf it ran now, its hash would be 2: another one. The server has');
  });

  it('may be what it was, and is asked for as it was', async () => {
    installNxHasher(workspace);
    await bed.record(
      at(1, { taskHash: '2', artifactHash: hashOf('2', 'tar.br') }, { inputs: inputs('10') }),
    );
    expect(await now()).toMatchObject({
      artifactHash: hashOf('2', 'tar.br'),
      isLast: true,
      differences: null,
      presence: { state: 'absent' },
    });
  });

  it('may be one that no artifact can have', async () => {
    installNxHasher(workspace, {
      'hasher/hash-task':
        "exports.hashTasksThatDoNotDependOnOutputsOfOtherTasks = async (_, __, { tasks }) => { tasks['app:build'].hash = 'a/b'; };",
    });
    await bed.record(at(1, {}));
    expect(await now()).toMatchObject({
      taskHash: 'a/b',
      artifactHash: null,
      presence: { state: 'unknown', code: 'LARDER_IDENTITY_INVALID_TASK_HASH' },
    });
  });

  it('changes nothing else where Nx cannot tell', async () => {
    await bed.record(at(1, {}));
    expect(await explain()).toMatchObject({ verdict: 'first-time', now: { state: 'unknown' } });
    const { exitCode, output } = await bed.larder('explain', 'app:build');
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /\nWhat the hash would be now could not be asked for: this version of Nx has no .*\n$/,
    );
  });

  it('is not asked for where nobody wants it, nor beside an earlier command', async () => {
    installNxHasher(workspace);
    await bed.record(at(1, {}), at(2, {}));
    expect(await now('--no-now')).toBeNull();
    expect(await now('--run', '2')).toBeNull();
    expect((await bed.larder('explain', 'app:build', '--no-now')).output).not.toContain('now, its');
  });
});

it('finds a task without its configuration, and names others when there is none', async () => {
  const tasks = [taskOf('app:build:production'), taskOf('app:test')];
  await bed.record(recordOf(tasks, { report: reportOf(tasks, { url: server.url }) }));
  expect((await explain()).taskId).toBe('app:build:production');
  const { exitCode, errors } = await bed.larder('explain', 'app:lint');
  expect(exitCode).toBe(1);
  expect(errors).toMatch(/LARDER_CLI_NO_TASK.*\n.*app:build:production, app:test/);
});

it('leads from a hit to the last miss', async () => {
  await bed.record(at(1, {}), at(2, { source: 'local', lookup: null }));
  expect((await bed.larder('explain', 'app:build')).output).toContain(
    'larder explain app:build --run 2',
  );
  const { verdict } = await bed.larderJson<Explanation>('explain', 'app:build', '--run', '2');
  expect(verdict).toBe('first-time');
});
