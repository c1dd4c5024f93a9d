import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { buffer } from 'node:stream/consumers';

import { type CleanupStack, createCleanupStack } from '../processes/cleanup-stack.ts';
import { type LineShape } from './line.ts';
import { createShapedProxy } from './shaped-proxy.ts';

/** What timers may be early by. */
const TIMER_TOLERANCE_MS = 2;

let cleanup: CleanupStack;

beforeEach(() => {
  cleanup = createCleanupStack();
});
afterEach(() => cleanup.run());

/** Opens connections to a server that sends back whatever it gets. */
async function openEcho(shape: LineShape): Promise<() => Socket> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined).pipe(socket);
  }).listen(0, '127.0.0.1');
  cleanup.add(() => new Promise((resolve) => server.close(resolve)));
  await once(server, 'listening');
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = await createShapedProxy({ target, shape });
  cleanup.add(proxy.close);
  return () =>
    connect({ host: '127.0.0.1', port: Number(new URL(proxy.url).port), allowHalfOpen: true });
}

async function timeOf(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

const pseudoRandom = (sizeBytes: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: sizeBytes }, (_, index) => (index * index) >>> 3));

describe('a shaped proxy', () => {
  it.each<[string, LineShape]>([
    ['without a shape', { delayMs: 0, megabitsPerSecond: null }],
    ['with a shape', { delayMs: 5, megabitsPerSecond: 200 }],
  ])('%s passes on every byte, and the end', async (_what, shape) => {
    const open = await openEcho(shape);
    const content = pseudoRandom(3_000_000);
    const answers = await Promise.all([1, 2].map(() => buffer(open().end(content))));
    expect(answers.map((answer) => answer.equals(content))).toEqual([true, true]);
  });

  it('takes a round trip for an answer, and one more for a new connection', async () => {
    const open = await openEcho({ delayMs: 30, megabitsPerSecond: null });
    const socket = open();
    const exchange = () => {
      socket.write('?');
      return once(socket, 'data');
    };
    expect(await timeOf(exchange)).toBeGreaterThanOrEqual(120 - TIMER_TOLERANCE_MS);
    const later = await timeOf(exchange);
    expect(later).toBeGreaterThanOrEqual(60 - TIMER_TOLERANCE_MS);
    socket.end();
    await once(socket.resume(), 'close');
  });

  it('shares the bandwidth of a direction among all connections', async () => {
    // 10,000 bytes a millisecond; the echo uses the other direction at the same time.
    const open = await openEcho({ delayMs: 0, megabitsPerSecond: 80 });
    const content = pseudoRandom(1_000_000);
    const durationMs = await timeOf(() =>
      Promise.all([1, 2, 3].map(() => buffer(open().end(content)))),
    );
    expect(durationMs).toBeGreaterThanOrEqual(300 - TIMER_TOLERANCE_MS);
  });
});
