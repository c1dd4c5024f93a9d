import { type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

import { type Line } from './line.ts';

/** What one connection may have under way, as the window of TCP allows it. */
const WINDOW_BYTES = 1024 ** 2;
/** The next chunk is read a little before the last one has left: timers are late, lines never idle. */
const READ_AHEAD_MS = 3;

/** Sends whatever one socket receives out of the other, as late as the line says. */
export function forward(from: Socket, to: Socket, line: Line): void {
  const underway: { readonly chunk: Buffer | null; readonly arrivesAtMs: number }[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let underwayBytes = 0;
  let hasLeft = true;

  function at(timeMs: number, act: () => void): void {
    const waitMs = timeMs - performance.now();
    if (waitMs <= 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, waitMs);
    timers.add(timer);
  }

  function readOrWait(): void {
    if (hasLeft && underwayBytes < WINDOW_BYTES) from.resume();
    else from.pause();
  }

  /** Timers may fire early and in any order: what goes out is the oldest, and only when it is due. */
  function deliver(): void {
    for (let first = underway[0]; first !== undefined; first = underway[0]) {
      if (first.arrivesAtMs > performance.now()) {
        at(first.arrivesAtMs, deliver);
        return;
      }
      underway.shift();
      write(first.chunk);
    }
  }

  function write(chunk: Buffer | null): void {
    if (!to.writable) return;
    if (chunk === null) to.end();
    else {
      to.write(chunk, () => {
        underwayBytes -= chunk.length;
        readOrWait();
      });
    }
  }

  function accept(chunk: Buffer | null): void {
    const sizeBytes = chunk?.length ?? 0;
    const { leftAtMs, arrivesAtMs } = line.send(sizeBytes, performance.now());
    underway.push({ chunk, arrivesAtMs });
    underwayBytes += sizeBytes;
    hasLeft = false;
    at(leftAtMs - READ_AHEAD_MS, () => {
      hasLeft = true;
      readOrWait();
    });
    readOrWait();
    if (underway.length === 1) deliver();
  }

  from.on('data', accept);
  from.on('end', () => {
    accept(null);
  });
  // One that has ended well may still have bytes under way in the other direction.
  from.on('close', (hasFailed) => {
    if (hasFailed) to.destroy();
  });
  to.on('close', (hasFailed) => {
    for (const timer of timers) clearTimeout(timer);
    if (hasFailed) from.destroy();
  });
  from.resume();
}
