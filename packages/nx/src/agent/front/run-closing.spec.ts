import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createAgentBed, runConfiguration, type TestRun } from '../../testing/agent-bed.fixture.ts';
import {
  answer,
  proceed,
  waitFor,
  type ArtifactsServer,
} from '../../testing/artifacts-server.fixture.ts';
import { exchange } from '../../testing/nx-client.fixture.ts';
import { kill, pidsOf, untilNoAgent, workerPid } from '../../testing/processes.fixture.ts';
import { createGate, until, type Gate } from '../../testing/test-bed.fixture.ts';
import { createRunHistory } from '../../history/run-history.ts';
import { closeRun } from '../launch/agent-client.ts';
import { controlPaths, type CloseRunLine, type RunReference } from '../protocol/control-api.ts';
import { dataLayout } from '../protocol/data-layout.ts';
import type { FinishedCommand } from '../protocol/finished-command.ts';
import type { FrontMessage } from '../protocol/worker-messages.ts';
import { createSpoolFolder } from '../spool/spool-folder.ts';
import { createOpenRuns } from './open-runs.ts';
import { createRunClosing } from './run-closing.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

const close = (run: RunReference, onProgress: (line: CloseRunLine) => void = () => undefined) =>
  closeRun(bed.dataDirectory, { run, durationsMs: {} }, onProgress);

/** Stores an artifact whose upload has begun and goes on when the gate is opened. */
async function storeBehind(gate: Gate, run: TestRun, body = 'hello'): Promise<void> {
  server.behaviour.put = waitFor(gate);
  await run.get('1');
  await run.put('1', body);
  await until('its upload has begun', () => server.seen('put').length === 1);
}

describe('closing a run in CI', () => {
  it('waits for its uploads and tells how many are left', async () => {
    const gate = createGate();
    const run = await bed.openRun(server);
    await storeBehind(gate, run, 'hello');
    await run.put('2', 'hello again');
    server.behaviour.put = proceed;

    const progress: CloseRunLine[] = [];
    const closed = close({ by: 'id', runId: run.runId }, (line) => {
      progress.push(line);
      if (server.artifacts.size > 0) gate.open();
    });
    const report = await closed;
    expect(report).toMatchObject({ uploads: 2, uploadedBytes: 16, pendingUploads: 0 });
    expect(progress.at(-1)).toEqual({ kind: 'progress', pendingUploads: 1, pendingBytes: 5 });
    expect(server.artifacts.size).toBe(2);
  });

  it('does not wait for what a worker has sent, and died before it could say so', async () => {
    const gate = createGate();
    const run = await bed.openRun(server);
    await storeBehind(gate, run);
    const closed = run.close();
    const worker = await workerPid(bed.dataDirectory);
    kill(worker, 'SIGSTOP');
    const [entry] = await bed.spooled();
    await createSpoolFolder(dataLayout(bed.dataDirectory).spool).remove(entry!.id);
    kill(worker, 'SIGKILL');
    expect(await closed).toMatchObject({ uploads: 1, pendingUploads: 0 });
    gate.open();
  });

  it('waits no longer than it may, and what is left is sent all the same', async () => {
    const gate = createGate();
    const run = await bed.openRun(server, { uploadDeadlineMs: 100 });
    await storeBehind(gate, run);
    expect(await run.close()).toMatchObject({ uploads: 0, pendingUploads: 1 });
    gate.open();
    await until('it has arrived', () => server.artifacts.has(run.wireHash('1')));
    await until('it is out of the spool', async () => (await bed.spooled()).length === 0);
  });

  it('does not wait for what other runs upload', async () => {
    const gate = createGate();
    const [other, run] = [await bed.openRun(server), await bed.openRun(server)];
    await storeBehind(gate, other);
    server.behaviour.put = proceed;
    await run.put('2', 'hello');
    expect(await run.close()).toMatchObject({ uploads: 1, pendingUploads: 0 });
    expect(server.artifacts.has(other.wireHash('1'))).toBe(false);
    gate.open();
    expect(await other.close()).toMatchObject({ uploads: 1 });
  });

  it('goes on when whoever closes it has gone', async () => {
    const gate = createGate();
    const run = await bed.openRun(server);
    await storeBehind(gate, run);
    const { port, secret } = bed.agentState();
    const closing = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: controlPaths.closeRun,
      headers: { authorization: `Bearer ${secret}` },
      agent: false,
    });
    const gone = new Promise<void>((resolve) => {
      closing.once('response', (response) => {
        // The front has written a line, and will write more.
        response.once('data', () => {
          response.destroy();
          resolve();
        });
      });
    });
    closing.on('error', () => undefined);
    closing.end(JSON.stringify({ run: { by: 'id', runId: run.runId }, durationsMs: {} }));
    await gone;
    const other = await bed.openRun(server);
    const progress: CloseRunLine[] = [];
    server.behaviour.put = waitFor(gate);
    await other.put('3', 'hello');
    const closed = close({ by: 'id', runId: other.runId }, (line) => {
      progress.push(line);
      if (progress.length === 2) gate.open();
    });
    expect(await closed).toMatchObject({ uploads: 1 });
    expect(pidsOf('front', bed.dataDirectory)).toEqual([bed.agentState().pid]);
    await until('both have arrived', () => server.artifacts.size === 2);
  });
});

// What the worker has found in the spool it may try to send once more, at any moment.
it('a run that is being closed is not over before its report is there', async () => {
  const runs = createOpenRuns();
  const sent: FrontMessage[] = [];
  const events: string[] = [];
  const reportFile = join(bed.dataDirectory, 'report.json');
  const history = createRunHistory(join(bed.dataDirectory, 'runs'));
  const closing = createRunClosing({
    runs,
    supervisor: {
      send: (message) => sent.push(message),
      lookUp: () => Promise.resolve({ kind: 'miss', code: null }),
      stop: () => Promise.resolve(),
    },
    reportFile,
    history,
    now: Date.now,
    onClosed: () => events.push(existsSync(reportFile) ? 'over' : 'over too early'),
  });
  const configuration = runConfiguration(server);
  const run = runs.open({ ownerPid: process.pid, contextId: null, configuration });
  run.ledger.recordStore('1', { sizeBytes: 5, durationMs: 1 });
  const closed = closing
    .close(run, { durationsMs: {} }, () => undefined)
    .then(() => events.push('reported'));
  const { id: runId } = run;
  run.ledger.recordUpload({
    runId,
    taskHash: '1',
    result: 'parked',
    cause: { reason: 'parked', code: null },
    sizeBytes: 5,
    durationMs: 1,
  });
  // Each in a turn of its own, so that one of them meets every step of the closing.
  const progress = { isClosed: false };
  void closed.then(() => (progress.isClosed = true));
  while (!progress.isClosed) {
    closing.uploadEnded(run);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(events).toEqual(['over', 'reported']);
  expect(sent.map(({ kind }) => kind)).toEqual(['release', 'forget-run']);
  expect(runs.byId(runId)).toBeNull();
  await closing.written();
  expect(await history.list()).toHaveLength(1);
});

describe('closing a run on a laptop', () => {
  it('does not wait, and what is left is sent all the same', async () => {
    const gate = createGate();
    const run = await bed.openRun(server, { isCi: false });
    await storeBehind(gate, run);
    expect(await run.close()).toMatchObject({ uploads: 0, pendingUploads: 1 });
    gate.open();
    await until('it has arrived', () => server.artifacts.has(run.wireHash('1')));
  });
});

describe('a run', () => {
  it('is closed by the id that Nx gives the command', async () => {
    const [first, second] = [
      await bed.openRun(server, { contextId: 'first' }),
      await bed.openRun(server, { contextId: 'second' }),
    ];
    expect((await close({ by: 'context', contextId: 'second' }))?.runId).toBe(second.runId);
    expect((await close({ by: 'context', contextId: 'first' }))?.runId).toBe(first.runId);
  });

  it('is closed by its tasks', async () => {
    const [first, second] = [await bed.openRun(server), await bed.openRun(server)];
    await Promise.all([first.get('1'), second.get('2'), second.get('3')]);
    expect((await close({ by: 'tasks', taskHashes: ['2', '3'] }))?.runId).toBe(second.runId);
    expect((await close({ by: 'tasks', taskHashes: ['1'] }))?.runId).toBe(first.runId);
  });

  it('is closed once', async () => {
    const run = await bed.openRun(server, { contextId: 'context' });
    await run.close();
    expect(await close({ by: 'id', runId: run.runId })).toBeNull();
    expect(await close({ by: 'context', contextId: 'context' })).toBeNull();
    expect(await close({ by: 'tasks', taskHashes: [] })).toBeNull();
  });

  it('that nobody knows is not closed', async () => {
    expect(await close({ by: 'context', contextId: 'context' })).toBeNull();
    await bed.openRun(server);
    expect(await close({ by: 'context', contextId: 'context' })).toBeNull();
  });

  it.each([
    ['dies', 'SIGKILL'],
    ['hangs', 'SIGSTOP'],
  ] as const)('whose agent %s while it is closed keeps nobody waiting', async (_what, signal) => {
    const run = await bed.openRun(server);
    await storeBehind(createGate(), run);
    const closed = close({ by: 'id', runId: run.runId }, () => {
      kill(bed.agentState().pid, signal);
    });
    await expect(closed).rejects.toMatchObject({ code: 'LARDER_AGENT_UNREACHABLE' });
  });
});

describe('the report', () => {
  it('of the last run is kept, for its user only', async () => {
    const file = dataLayout(bed.dataDirectory).lastRun;
    const first = await bed.openRun(server);
    await first.get('1');
    const report = await first.close();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(report);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = await (await bed.openRun(server)).close();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(second);
  });

  it('is given also when it cannot be kept', async () => {
    mkdirSync(join(dataLayout(bed.dataDirectory).lastRun, 'nested'), { recursive: true });
    writeFileSync(dataLayout(bed.dataDirectory).runs, 'not a folder');
    const run = await bed.openRun(server);
    expect(await run.close()).toMatchObject({ runId: run.runId });
  });
});

describe('the record of a run', () => {
  const records = () => createRunHistory(dataLayout(bed.dataDirectory).runs).list();
  const command: FinishedCommand = {
    door: 'hooks',
    nxVersion: '24.0',
    tasks: [
      { id: 'app:build', hash: '1', status: 'success', isCacheable: true },
      { id: 'lib:build', hash: '2', status: 'local-cache', isCacheable: true },
    ],
    inputs: { table: [['lib:{projectRoot}/**/*', '77']], byTask: { '1': [0], '2': [0] } },
  };
  const closeWith = (run: TestRun, durationsMs = {}) =>
    closeRun(
      bed.dataDirectory,
      { run: { by: 'id', runId: run.runId }, durationsMs, command },
      () => undefined,
    );

  it('says what became of each task, and what its hash was made of', async () => {
    const run = await bed.openRun(server);
    await run.get('1');
    await run.put('1', 'hello');
    const report = await closeWith(run, { '1': 1234 });
    expect(report?.tasks).toMatchObject([
      {
        taskId: 'app:build',
        status: 'success',
        source: 'none',
        lookup: 'miss',
        store: 'uploaded',
        notStored: null,
        durationMs: 1234,
      },
      { taskId: 'lib:build', source: 'local', lookup: null, notStored: { reason: 'found' } },
    ]);
    await until('it is there', async () => (await records()).length === 1);
    const [record] = await records();
    expect(record).toMatchObject({
      command: { door: 'hooks', nxVersion: '24.0' },
      mode: 'read-write',
      inputs: command.inputs,
    });
    expect(record?.report).toEqual(report);
    const [name] = readdirSync(dataLayout(bed.dataDirectory).runs);
    const file = join(dataLayout(bed.dataDirectory).runs, name!);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('follows the uploads behind a command', async () => {
    const gate = createGate();
    const run = await bed.openRun(server, { isCi: false });
    await storeBehind(gate, run);
    const report = await closeWith(run);
    expect(report?.tasks[0]).toMatchObject({
      store: 'pending',
      notStored: { reason: 'in-progress' },
    });
    await until('it is there', async () => (await records()).length === 1);
    gate.open();
    await until('the upload shows', async () => {
      const [record] = await records();
      return record?.report.tasks[0]?.store === 'uploaded';
    });
    const last = readFileSync(dataLayout(bed.dataDirectory).lastRun, 'utf8');
    expect(JSON.parse(last)).toMatchObject({ uploads: 1, pendingUploads: 0 });
  });

  it('says why an upload did not happen', async () => {
    server.behaviour.put = answer(413);
    const run = await bed.openRun(server);
    await run.get('1');
    await run.put('1', 'hello');
    expect((await closeWith(run))?.tasks[0]).toMatchObject({
      store: 'dropped',
      notStored: { reason: 'refused', code: 'LARDER_HTTP_TOO_LARGE' },
    });
  });

  it('says why a lookup came to nothing', async () => {
    server.behaviour.get = answer(500);
    const run = await bed.openRun(server);
    await run.get('1');
    expect((await closeWith(run))?.tasks[0]).toMatchObject({
      lookup: 'miss',
      missCode: 'LARDER_HTTP_SERVER_ERROR',
    });
  });

  it('is written before the agent ends', async () => {
    const run = await bed.openRun(server, { idleMs: 0 });
    await run.get('1');
    await closeWith(run);
    await untilNoAgent(bed.dataDirectory);
    expect(await records()).toHaveLength(1);
  });

  it('of a command that ended without a word has what was seen of it', async () => {
    const run = await bed.openRun(server);
    await run.get('1');
    await run.close();
    await until('it is there', async () => (await records()).length === 1);
    expect(await records()).toMatchObject([
      { command: null, report: { tasks: [{ taskId: null, taskHash: '1', source: 'none' }] } },
    ]);
  });
});

describe('an agent that is to drain', () => {
  it('ends when its last run does', async () => {
    const run = await bed.openRun(server, { idleMs: 3_600_000 });
    const { secret, pid } = bed.agentState();
    const headers = { authorization: `Bearer ${secret}` };
    const drained = await exchange(run.url, { method: 'POST', path: controlPaths.drain, headers });
    expect(JSON.parse(drained.body.toString())).toMatchObject({ pid, openRuns: 1 });
    expect((await run.get('1')).status).toBe(404);
    await run.close();
    await untilNoAgent(bed.dataDirectory);
  });
});

describe('the endpoints for commands', () => {
  const paths = Object.values(controlPaths);

  it.each(paths)('%s demand a token', async (path) => {
    const run = await bed.openRun(server);
    const body = JSON.stringify({ run: { by: 'id', runId: run.runId }, durationsMs: {} });
    for (const authorization of [undefined, 'Bearer unknown', `Basic ${bed.agentState().secret}`]) {
      const headers = authorization === undefined ? {} : { authorization };
      expect(await exchange(run.url, { method: 'POST', path, headers, body })).toMatchObject({
        status: 401,
      });
    }
    expect((await run.close()).runId).toBe(run.runId);
  });

  it.each([controlPaths.openRun, controlPaths.closeRun, controlPaths.drain])(
    '%s demand more than the token of a run',
    async (path) => {
      const run = await bed.openRun(server);
      const headers = { authorization: `Bearer ${run.token}` };
      const answer = await exchange(run.url, { method: 'POST', path, headers, body: '{}' });
      expect(answer.status).toBe(401);
    },
  );

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['an empty object', '{}'],
  ])('survive %s', async (_what, body) => {
    const run = await bed.openRun(server);
    for (const path of [controlPaths.openRun, controlPaths.closeRun]) {
      const headers = { authorization: `Bearer ${bed.agentState().secret}` };
      const { status } = await exchange(run.url, { method: 'POST', path, headers, body });
      expect(status).toBe(400);
    }
    for (const path of [controlPaths.retrieve, controlPaths.store]) {
      const headers = { authorization: `Bearer ${run.token}` };
      const { status } = await exchange(run.url, { method: 'POST', path, headers, body });
      expect([200, 400]).toContain(status);
    }
    expect(await run.close()).toMatchObject({ hits: 0, uploads: 0, pendingUploads: 0 });
  });

  it('tell the health of the agent to its owner and to every open run', async () => {
    const run = await bed.openRun(server, { idleMs: 60_000 });
    const { secret, pid, version } = bed.agentState();
    const ask = (token: string) =>
      exchange(run.url, {
        method: 'GET',
        path: controlPaths.health,
        headers: { authorization: `Bearer ${token}` },
      });
    for (const token of [secret, run.token]) {
      expect(JSON.parse((await ask(token)).body.toString())).toEqual({
        pid,
        version,
        openRuns: 1,
        uploads: 0,
      });
    }
    await run.close();
    for (const token of [run.token, 'unknown']) expect((await ask(token)).status).toBe(401);
  });
});

it('an artifact that is stored while its run is being closed is not lost', async () => {
  const run = await bed.openRun(server);
  const { hostname, port } = new URL(run.url);
  const outgoing = request({
    hostname,
    port,
    method: 'PUT',
    path: '/v1/cache/1',
    agent: false,
    headers: { authorization: `Bearer ${run.token}`, 'content-length': 10 },
  });
  const answered = new Promise<number>((resolve) => {
    outgoing.once('response', (response) => {
      resolve(response.resume().statusCode ?? 0);
    });
  });
  await new Promise((resolve) => outgoing.write('hello', resolve));
  await run.get('2');
  // The worker hears of the end of the run and of the artifact at once.
  const worker = await workerPid(bed.dataDirectory);
  kill(worker, 'SIGSTOP');
  await run.close();
  outgoing.end('world');
  expect(await answered).toBe(200);
  kill(worker, 'SIGCONT');
  await until('a later run has sent it', async () => {
    await (await bed.openRun(server)).close();
    return server.artifacts.has(run.wireHash('1'));
  });
});
