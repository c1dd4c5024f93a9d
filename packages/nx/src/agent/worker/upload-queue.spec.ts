import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createAgentBed, runConfiguration, type TestRun } from '../../testing/agent-bed.fixture.ts';
import {
  answer,
  hang,
  inTurn,
  proceed,
  reset,
  waitFor,
  type ArtifactsServer,
  type Behaviour,
} from '../../testing/artifacts-server.fixture.ts';
import { kill, untilNoAgent, workerPid } from '../../testing/processes.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';
import { dataLayout } from '../protocol/data-layout.ts';
import type { Upstream } from '../protocol/run-configuration.ts';
import { spoolEntry } from '../spool/spool-entry.fixture.ts';
import { createSpoolFolder } from '../spool/spool-folder.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

const stored = (run: TestRun, taskHash: string) =>
  server.artifacts.get(run.wireHash(taskHash))?.body.toString();

/** Stores an artifact that stays behind because the server is out of reach. */
async function leaveBehind(run: TestRun, taskHash: string, body: string): Promise<void> {
  server.behaviour.status = reset;
  server.behaviour.put = reset;
  await run.put(taskHash, body);
  expect(await run.close()).toMatchObject({ uploads: 0, pendingUploads: 1 });
  server.behaviour.status = proceed;
  server.behaviour.put = proceed;
}

async function untilSent(): Promise<void> {
  await until('the spool is empty', async () => (await bed.spooled()).length === 0);
}

describe('an upload', () => {
  it('that fails is tried again with the same bytes and the same digest', async () => {
    const bodies: Buffer[] = [];
    const failing: Behaviour = async ({ request, response }) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      bodies.push(Buffer.concat(chunks));
      response.writeHead(503).end();
    };
    server.behaviour.put = inTurn(failing, failing, proceed);
    const run = await bed.openRun(server);
    await run.put('1', 'hello');
    expect(await run.close()).toMatchObject({ uploads: 1, pendingUploads: 0, trouble: null });
    expect(stored(run, '1')).toBe('hello');
    expect(bodies.map(String)).toEqual(['hello', 'hello']);
    const tags = server.seen('put').map(({ headers }) => headers['x-artifact-tag']);
    expect(tags).toHaveLength(3);
    expect(new Set(tags).size).toBe(1);
  });

  it('waits for its turn when as many as allowed are under way', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    const run = await bed.openRun(server, { uploadConcurrency: 2 });
    for (const task of '12345') {
      await run.get(task);
      await run.put(task, task);
    }
    await until('two are under way', () => server.seen('put').length === 2);
    // A lookup that goes to the worker and back gives a third one the time to come.
    await run.get('6');
    expect(server.seen('put')).toHaveLength(2);
    gate.open();
    expect(await run.close()).toMatchObject({ uploads: 5 });
  });

  it.each<[string, Behaviour, string]>([
    [
      'for whoever may not write',
      answer(403, '{"error":{"code":"forbidden"}}'),
      'LARDER_ACCESS_WRITE_FORBIDDEN',
    ],
    ['that is too large', answer(413), 'LARDER_HTTP_TOO_LARGE'],
    ['that is refused', answer(400), 'LARDER_HTTP_BAD_REQUEST'],
  ])('%s is not tried again, by no run', async (_what, put, code) => {
    server.behaviour.put = put;
    const run = await bed.openRun(server);
    await run.put('1', 'hello');
    const report = await run.close();
    expect(report).toMatchObject({ uploads: 0, pendingUploads: 0, trouble: { code } });
    expect(report.tasks[0]?.store).toBe('dropped');
    expect(server.seen('put')).toHaveLength(1);
    expect(await bed.spooled()).toEqual([]);
  });

  it.each<[string, Behaviour, string]>([
    ['whose token is not accepted', answer(401), 'LARDER_ACCESS_UNAUTHORIZED'],
    [
      'into a cache that is paused',
      answer(403, '{"error":{"code":"remote_caching_paused"}}'),
      'LARDER_ACCESS_CACHING_PAUSED',
    ],
    ['that meets one failure after the other', answer(500), 'LARDER_HTTP_SERVER_ERROR'],
  ])('%s waits for a better day', async (_what, put, code) => {
    server.behaviour.put = put;
    const run = await bed.openRun(server);
    await run.put('1', 'hello');
    expect(await run.close()).toMatchObject({ uploads: 0, pendingUploads: 1, trouble: { code } });
    expect(await bed.spooled()).toHaveLength(1);
    server.behaviour.put = proceed;
    await bed.openRun(server);
    await untilSent();
    expect(stored(run, '1')).toBe('hello');
  });

  it('is not tried with a server that has not answered before', async () => {
    server.behaviour.status = hang;
    const run = await bed.openRun(server, { lookupTimeoutMs: 300 });
    expect(await run.put('1', 'hello')).toBe(200);
    expect(await run.close()).toMatchObject({
      uploads: 0,
      pendingUploads: 1,
      trouble: { code: 'LARDER_TIMEOUT_FIRST_BYTE' },
    });
    expect(server.seen('put')).toEqual([]);
  });

  it('is waited for by nobody when there is no server', async () => {
    await server.close();
    const run = await bed.openRun(server);
    for (const task of '123') expect(await run.put(task, task)).toBe(200);
    expect(await run.close()).toMatchObject({
      uploads: 0,
      pendingUploads: 3,
      trouble: { code: 'LARDER_CONNECT_FAILED' },
    });
    expect(await bed.spooled()).toHaveLength(3);
  });
});

describe('what could not be sent', () => {
  it('is sent by a later run, with the duration that it had', async () => {
    const run = await bed.openRun(server);
    await run.get('1');
    await leaveBehind(run, '1', 'hello');
    const [entry] = await bed.spooled();
    const later = await bed.openRun(server, { token: 'token of the later run' });
    await untilSent();
    expect(stored(run, '1')).toBe('hello');
    expect(server.seen('put').at(-1)?.headers).toMatchObject({
      authorization: 'Bearer token of the later run',
      'x-artifact-duration': String(entry?.durationMs),
    });
    expect(await later.close()).toMatchObject({ uploads: 0, pendingUploads: 0, trouble: null });
  });

  it('is sent by the run whose server can be reached', async () => {
    server.behaviour.status = reset;
    const cutOff = await bed.openRun(server, { token: 'cut off' });
    await cutOff.get('1');
    const run = await bed.openRun(server);
    await leaveBehind(run, '2', 'hello');
    await bed.openRun(server, { token: 'reachable' });
    await untilSent();
    expect(server.seen('put').at(-1)?.headers.authorization).toBe('Bearer reachable');
  });

  it('is sent by a later agent', async () => {
    const run = await bed.openRun(server, { idleMs: 0 });
    await leaveBehind(run, '1', 'hello');
    await untilNoAgent(bed.dataDirectory);
    await bed.openRun(server);
    await untilSent();
    expect(stored(run, '1')).toBe('hello');
  });

  it('is not sent by a run of another server, team or credential, or one that may not write', async () => {
    const run = await bed.openRun(server);
    await leaveBehind(run, '1', 'hello');
    const { upstream } = runConfiguration(server);
    const other = await bed.startServer();
    const openStranger = (change: Partial<Upstream>) =>
      bed.openRun(server, { token: 'stranger', upstream: { ...upstream, ...change } });
    const strangers = [
      await bed.openRun(other, { token: 'stranger' }),
      await openStranger({ teamId: 'team_x' }),
      await openStranger({ slug: 'acme' }),
      // A pull request's, for example, which is trusted less.
      await openStranger({ credential: 'of-somebody-else' }),
      await bed.openRun(server, { token: 'stranger', mode: 'read' }),
    ];
    for (const each of strangers) {
      await each.get('2');
      await each.close();
    }
    expect(await bed.spooled()).toHaveLength(1);
    await bed.openRun(server, { token: 'friend' });
    await untilSent();
    expect(server.seen('put').at(-1)?.headers.authorization).toBe('Bearer friend');
    expect(other.seen('put')).toEqual([]);
    expect(stored(run, '1')).toBe('hello');
  });

  it('gives way when it is too old or too much', async () => {
    const roomy = await bed.openRun(server);
    const spool = createSpoolFolder(dataLayout(bed.dataDirectory).spool);
    const leave = async (id: string, ageMs: number) => {
      await spool.writeBody(id, Readable.from(['x'.repeat(1000)]), 1000);
      await spool.add(
        spoolEntry({
          id,
          agentPid: bed.agentState().pid,
          upstream: runConfiguration(server).upstream,
          artifactHash: id,
          createdAt: Date.now() - ageMs,
          content: { kind: 'body', sizeBytes: 1000 },
        }),
      );
    };
    await roomy.get('1');
    // Both messages reach the worker at once: it must not go by the limits of a run that is over.
    const worker = await workerPid(bed.dataDirectory);
    kill(worker, 'SIGSTOP');
    await roomy.close();
    await leave('young', 0);
    await leave('too-old', 3_600_001);
    await leave('too-much', 1_800_000);
    await bed.openRun(server, { maxSpoolBytes: 1999, maxSpoolAgeMs: 3_600_000 });
    kill(worker, 'SIGCONT');
    await untilSent();
    expect([...server.artifacts.keys()]).toEqual(['young']);
  });

  it('holds no secret and is only for the eyes of its owner', async () => {
    const run = await bed.openRun(server, { token: 'upload-token', signatureKey: 'upload-key' });
    await leaveBehind(run, '1', 'hello');
    const [entry] = await bed.spooled();
    const file = join(dataLayout(bed.dataDirectory).spool, `${entry!.id}.json`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toMatch(/upload-token|upload-key/);
  });

  it('does no harm when it is garbage', async () => {
    const first = await bed.openRun(server);
    await leaveBehind(first, '1', 'hello');
    const { spool } = dataLayout(bed.dataDirectory);
    writeFileSync(join(spool, 'garbage.json'), '{"id":"garbage"');
    const [entry] = await bed.spooled();
    const lost = { ...entry!, id: 'lost', artifactHash: 'lost' };
    writeFileSync(join(spool, 'lost.json'), JSON.stringify(lost));
    const second = await bed.openRun(server);
    await untilSent();
    await second.put('2', 'hello');
    expect(await second.close()).toMatchObject({ uploads: 1, pendingUploads: 0 });
    expect([...server.artifacts.keys()].sort()).toEqual(
      [first.wireHash('1'), second.wireHash('2')].sort(),
    );
  });
});
