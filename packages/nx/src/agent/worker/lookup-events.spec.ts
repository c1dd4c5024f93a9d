import { createAgentBed, type TestRun } from '../../testing/agent-bed.fixture.ts';
import { answer, waitFor, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';
import { closeRun } from '../launch/agent-client.ts';

// What the server is told for its statistics, through the real agent.

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

const close = ({ runId }: TestRun, localHits: string[] = []) =>
  closeRun(
    bed.dataDirectory,
    { run: { by: 'id', runId }, durationsMs: {}, localHits },
    () => undefined,
  );

describe('the server', () => {
  it('is told what was found where, under one session for each run', async () => {
    const first = await bed.openRun(server, { idleMs: 0 });
    server.keep(first.wireHash('2'), Buffer.from('hello'), { 'x-artifact-duration': '1234' });
    await first.get('1');
    await first.get('2');
    await close(first, ['3']);
    await until('everything is told', () => server.events.length === 5);
    const told = server.events.map(({ source, event, hash, duration }) => [
      source,
      event,
      hash,
      duration,
    ]);
    expect(told).toEqual([
      ['LOCAL', 'MISS', first.wireHash('1'), undefined],
      ['REMOTE', 'MISS', first.wireHash('1'), undefined],
      ['LOCAL', 'MISS', first.wireHash('2'), undefined],
      ['REMOTE', 'HIT', first.wireHash('2'), 1234],
      ['LOCAL', 'HIT', first.wireHash('3'), undefined],
    ]);
    const second = await bed.openRun(server);
    await second.get('1');
    await close(second);
    await until('the second run is told of', () => server.events.length === 7);
    const sessions = new Set(server.events.map(({ sessionId }) => sessionId));
    expect(sessions.size).toBe(2);
  });

  it('is told nothing of a lookup that it could not answer', async () => {
    server.behaviour.get = answer(500);
    const run = await bed.openRun(server);
    await run.get('1');
    await close(run);
    await until('the lookup is told of', () => server.events.length === 1);
    expect(server.events).toEqual([expect.objectContaining({ source: 'LOCAL', event: 'MISS' })]);
  });

  it.each([404, 500])('need not take it: %i is no trouble', async (status) => {
    server.behaviour.events = answer(status);
    const run = await bed.openRun(server);
    await run.get('1');
    await expect(close(run)).resolves.toMatchObject({ misses: 1, trouble: null });
  });

  it('keeps nobody waiting that does not answer it', async () => {
    const gate = createGate();
    server.behaviour.events = waitFor(gate);
    const run = await bed.openRun(server, { idleMs: 0 });
    await run.get('1');
    await expect(close(run)).resolves.toMatchObject({ trouble: null });
    gate.open();
  });
});
