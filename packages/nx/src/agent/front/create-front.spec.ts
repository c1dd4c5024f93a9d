import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAgentBed, type TestRun } from '../../testing/agent-bed.fixture.ts';
import {
  proceed,
  reset,
  waitFor,
  type ArtifactsServer,
} from '../../testing/artifacts-server.fixture.ts';
import { startTestFront, type TestFront } from '../../testing/test-front.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';

// How long tasks ran, as the server is told. The clock is the test's own.

const bed = createAgentBed();
let server: ArtifactsServer;
let test: TestFront;

beforeEach(async () => {
  server = await bed.startServer();
  test = await startTestFront(bed);
});
afterEach(() => bed.cleanUp());

const startFollowsMiss = (parallel: number) => ({ kind: 'start-follows-miss', parallel }) as const;

function advance(ms: number): void {
  test.clock.now += ms;
}

/** The durations that the server has been told, by task; null where it has nothing. */
function durations(run: TestRun, tasks: string): Record<string, number | null> {
  return Object.fromEntries(
    Array.from(tasks, (task) => {
      const headers = server.artifacts.get(run.wireHash(task))?.headers;
      return [task, headers ? Number(headers['x-artifact-duration']) : null];
    }),
  );
}

async function untilSent(run: TestRun, tasks: string): Promise<void> {
  await until(`${tasks} have been sent`, () =>
    Object.values(durations(run, tasks)).every((duration) => duration !== null),
  );
}

describe('the duration of a task', () => {
  it.each([
    ['from the lookup where Nx counts that to the task', 'start-is-lookup', 1700],
    ['from the miss where Nx asks right before the start', 'start-is-miss', 1500],
    ['from the miss where no task had to wait', 'start-follows-miss', 1500],
  ] as const)('is the time to the store %s', async (_what, kind, expected) => {
    const gate = createGate();
    server.behaviour.get = waitFor(gate);
    const startEstimate = kind === 'start-follows-miss' ? startFollowsMiss(1) : { kind };
    const run = await bed.openRun(server, { startEstimate });
    const answered = run.get('a');
    await until('it is looked up', () => server.seen('get').length === 1);
    advance(200);
    gate.open();
    await answered;
    advance(1500);
    await run.put('a', 'a');
    await untilSent(run, 'a');
    expect(durations(run, 'a')).toEqual({ a: expected });
  });

  it.each(['start-is-lookup', 'start-is-miss'] as const)(
    'begins anew with each: %s',
    async (kind) => {
      const run = await bed.openRun(server, { startEstimate: { kind } });
      for (let time = 0; time < 4; time += 1) {
        await run.get('a');
        advance(1000);
      }
      await run.put('a', 'a');
      await untilSent(run, 'a');
      expect(durations(run, 'a')).toEqual({ a: 1000 });
    },
  );

  it('is at once as exact when no task had to wait for another one', async () => {
    const run = await bed.openRun(server, { startEstimate: startFollowsMiss(2) });
    await run.get('a');
    await run.get('b');
    advance(700);
    await run.put('a', 'a');
    await run.put('b', 'b');
    await untilSent(run, 'ab');
    expect(durations(run, 'ab')).toEqual({ a: 700, b: 700 });
  });

  it('is never negative, whatever the clock does', async () => {
    const run = await bed.openRun(server);
    await run.get('a');
    advance(-5000);
    await run.put('a', 'a');
    await untilSent(run, 'a');
    expect(durations(run, 'a')).toEqual({ a: 0 });
  });
});

describe("the end of a task in Nx's folder of terminal outputs", () => {
  let folder: string;

  beforeEach(() => {
    folder = join(bed.makeFolder(), 'terminalOutputs');
    mkdirSync(folder);
  });

  function writeOutput(task: string, at: number): void {
    writeFileSync(join(folder, task), 'done');
    utimesSync(join(folder, task), at / 1000, at / 1000);
  }

  it.each([
    ['counts, and not when Nx had packed the outputs', 600, 600],
    ['does not count when it was before the start: it is of an earlier run', -1, 1000],
    ['does not count when it is in the future', 1001, 1000],
  ])('%s', async (_what, endedAfterMs, expected) => {
    const run = await bed.openRun(server, { terminalOutputsFolder: folder });
    await run.get('a');
    writeOutput('a', test.clock.now + endedAfterMs);
    advance(1000);
    await run.put('a', 'a');
    await untilSent(run, 'a');
    expect(durations(run, 'a')).toEqual({ a: expected });
  });

  it('need not exist', async () => {
    const run = await bed.openRun(server, { terminalOutputsFolder: folder });
    await run.get('a');
    advance(1000);
    await run.put('a', 'a');
    await untilSent(run, 'a');
    expect(durations(run, 'a')).toEqual({ a: 1000 });
  });
});

describe('artifacts of tasks that may have waited for a slot', () => {
  const startEstimate = startFollowsMiss(1);

  it('wait for exact durations, and only these', async () => {
    const run = await bed.openRun(server, { startEstimate });
    await run.get('a');
    advance(300);
    await run.put('a', 'a');
    await run.get('b');
    await run.get('c');
    advance(1000);
    await run.put('b', 'b');
    advance(1000);
    await run.put('c', 'c');
    await untilSent(run, 'a');
    expect(durations(run, 'abc')).toEqual({ a: 300, b: null, c: null });
    await until('it is gone', async () => (await bed.spooled()).length === 2);
    for (const { isHeld } of await bed.spooled()) expect(isHeld).toBe(true);
    expect(await run.close({ a: 1, b: 990.4, c: 991.6, d: 5 })).toMatchObject({ uploads: 3 });
    expect(durations(run, 'abc')).toEqual({ a: 300, b: 990, c: 992 });
  });

  it('are sent with the estimate when nobody tells the exact duration', async () => {
    const run = await bed.openRun(server, { startEstimate });
    await run.get('a');
    await run.get('b');
    advance(1000);
    await run.put('a', 'a');
    advance(500);
    await run.put('b', 'b');
    await run.close({ a: 400 });
    expect(durations(run, 'ab')).toEqual({ a: 400, b: 500 });
  });

  it.each([-1, Number.NaN, Infinity])(
    'are sent with the estimate when the exact duration is %d',
    async (durationMs) => {
      const run = await bed.openRun(server, { startEstimate });
      await run.get('a');
      await run.get('b');
      advance(1000);
      await run.put('a', 'a');
      expect(await run.close({ a: durationMs })).toMatchObject({ uploads: 1, trouble: null });
      expect(durations(run, 'a')).toEqual({ a: 1000 });
    },
  );

  it('are sent at once when they are more than may wait', async () => {
    const run = await bed.openRun(server, { startEstimate, maxHeldBytes: 10 });
    for (const task of 'abcd') await run.get(task);
    advance(1000);
    await run.put('a', 'x'.repeat(6));
    advance(200);
    await run.put('b', 'x'.repeat(5));
    advance(300);
    await run.put('c', 'x'.repeat(4));
    advance(400);
    await run.put('d', 'x');
    await untilSent(run, 'bd');
    expect(durations(run, 'abcd')).toEqual({ a: null, b: 200, c: null, d: 400 });
    await run.close({ a: 1, b: 2, c: 3, d: 4 });
    expect(durations(run, 'abcd')).toEqual({ a: 1, b: 200, c: 3, d: 400 });
  });

  it('share what may wait also when they arrive at the same time', async () => {
    const run = await bed.openRun(server, { startEstimate, maxHeldBytes: 300_000 });
    const tasks = 'abcdef';
    for (const task of tasks) await run.get(task);
    await Promise.all(Array.from(tasks, (task) => run.put(task, 'x'.repeat(200_000))));
    await until('all but one are sent', async () => (await bed.spooled()).length === 1);
    expect(server.artifacts.size).toBe(5);
  });

  it('wait without a lookup, too: nothing is known of their start', async () => {
    const run = await bed.openRun(server, { startEstimate: { kind: 'start-is-miss' } });
    await run.put('a', 'a');
    expect(durations(run, 'a')).toEqual({ a: null });
    await run.close({ a: 123 });
    expect(durations(run, 'a')).toEqual({ a: 123 });
  });

  it('keep their exact durations when they cannot be sent before a later run', async () => {
    server.behaviour.status = reset;
    server.behaviour.put = reset;
    const run = await bed.openRun(server, { startEstimate });
    await run.get('a');
    await run.get('b');
    advance(1000);
    await run.put('a', 'a');
    expect(await run.close({ a: 400 })).toMatchObject({ pendingUploads: 1 });
    server.behaviour.status = proceed;
    server.behaviour.put = proceed;
    await bed.openRun(server);
    await untilSent(run, 'a');
    expect(durations(run, 'a')).toEqual({ a: 400 });
  });
});

describe('the front', () => {
  it('is idle once, as long after its last run as that asked for', async () => {
    const run = await bed.openRun(server, { idleMs: 0 });
    await run.put('a', 'a');
    expect(test.idleCount()).toBe(0);
    await run.close();
    await until('it is idle', () => test.idleCount() > 0);
    await test.front.close();
    expect(test.idleCount()).toBe(1);
  });

  it('can be closed in the middle of everything', async () => {
    const run = await bed.openRun(server);
    await run.get('a');
    await run.put('a', 'a');
    await Promise.all([test.front.close(), test.front.close()]);
    await expect(run.get('b')).rejects.toThrow();
  });
});
