import { createAgentBed, type TestRun } from '../../testing/agent-bed.fixture.ts';
import {
  answer,
  proceed,
  reset,
  type ArtifactsServer,
} from '../../testing/artifacts-server.fixture.ts';
import { killAgents } from '../../testing/processes.fixture.ts';
import { until } from '../../testing/test-bed.fixture.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

function breakServer(): void {
  for (const kind of ['status', 'get', 'put'] as const) server.behaviour[kind] = reset;
}

function mendServer(): void {
  for (const kind of ['status', 'get', 'put'] as const) server.behaviour[kind] = proceed;
}

const stored = (run: TestRun, taskHash: string) =>
  server.artifacts.get(run.wireHash(taskHash))?.body.toString();

/** Asks for an artifact in vain and stores it, as Nx does; it then waits for no end of its run. */
async function build(run: TestRun, taskHash: string): Promise<void> {
  await run.get(taskHash);
  await run.put(taskHash, taskHash);
}

async function untilSent(): Promise<void> {
  await until('the spool is empty', async () => (await bed.spooled()).length === 0);
}

describe('uploads that the server could not be reached for', () => {
  it('are sent when it is back, although their run has ended and no other comes', async () => {
    breakServer();
    const run = await bed.openRun(server, { uploadRetryMs: 20 });
    for (const task of '12345') await run.put(task, task);
    expect(await run.close()).toMatchObject({ uploads: 0, pendingUploads: 5 });
    await until('it was tried again', () => server.seen('status').length > 2);
    expect(await bed.spooled()).toHaveLength(5);

    mendServer();
    await untilSent();
    for (const task of '12345') expect(stored(run, task)).toBe(task);
    expect(server.seen('put').at(-1)?.headers.authorization).toBe('Bearer token-of-the-run');
  });

  it('are sent by a later run of another agent, although it is over at once', async () => {
    breakServer();
    const run = await bed.openRun(server);
    for (const task of '12345') await run.put(task, task);
    await run.close();
    await killAgents(bed.dataDirectory);
    expect(await bed.spooled()).toHaveLength(5);

    mendServer();
    const later = await bed.openRun(server);
    await later.close();
    await untilSent();
    for (const task of '12345') expect(stored(run, task)).toBe(task);
  });

  it('are sent while their run goes on, and then count as its own', async () => {
    breakServer();
    const run = await bed.openRun(server, { uploadRetryMs: 20 });
    await build(run, '1');
    await until('it was tried again', () => server.seen('status').length > 1);
    mendServer();
    await untilSent();
    expect(await run.close()).toMatchObject({ uploads: 1, pendingUploads: 0 });
  });

  it('go with the token of their own run while it goes on', async () => {
    breakServer();
    const first = await bed.openRun(server, { token: 'first', uploadRetryMs: 20 });
    await build(first, '1');
    const second = await bed.openRun(server, { token: 'second', uploadRetryMs: 20 });
    await build(second, '2');
    mendServer();
    await untilSent();
    const tokenFor = (run: TestRun, task: string) =>
      server.seen('put', run.wireHash(task)).at(-1)?.headers.authorization;
    expect(tokenFor(first, '1')).toBe('Bearer first');
    expect(tokenFor(second, '2')).toBe('Bearer second');
  });

  it('wait on while the server refuses them', async () => {
    server.behaviour.status = answer(401);
    server.behaviour.put = answer(401);
    const run = await bed.openRun(server, { uploadRetryMs: 20 });
    await run.put('1', 'hello');
    await run.close();
    await until('it was tried again', () => server.seen('status').length > 2);
    expect(await bed.spooled()).toHaveLength(1);
    mendServer();
    await untilSent();
    expect(stored(run, '1')).toBe('hello');
  });

  it('are not tried again when all of them have been sent', async () => {
    breakServer();
    const run = await bed.openRun(server, { uploadRetryMs: 20 });
    await run.put('1', 'hello');
    await run.close();
    mendServer();
    await untilSent();
    const asked = server.seen('status').length;
    const later = await bed.openRun(server, { uploadRetryMs: 20 });
    for (let count = 0; count < 20; count += 1) await later.get(String(count));
    expect(server.seen('status')).toHaveLength(asked + 1);
  });
});
