import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** What a slow line can carry in one direction, shared by all that use it. */
export interface Bandwidth {
  /** Waits until the line has carried as many bytes as these, after those asked for before. */
  readonly take: (sizeBytes: number) => Promise<void>;
  /** From now on the line is as fast as it can be, for those that wait as well. */
  readonly lift: () => void;
}

export function createBandwidth(bytesPerSecond: number): Bandwidth {
  const lifted = new AbortController();
  // Any number of transfers wait for their turn.
  setMaxListeners(0, lifted.signal);
  let freeAt = 0;
  return {
    async take(sizeBytes) {
      if (lifted.signal.aborted) return;
      freeAt = Math.max(freeAt, performance.now()) + (sizeBytes / bytesPerSecond) * 1000;
      await delay(freeAt - performance.now(), undefined, { signal: lifted.signal }).catch(
        () => undefined,
      );
    },
    lift() {
      lifted.abort();
    },
  };
}
