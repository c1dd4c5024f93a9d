import { setTimeout as delay } from 'node:timers/promises';

/** Clock, chance and waiting, so that tests can put their own in place. */
export interface Runtime {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Milliseconds on a clock that is never set back. */
  monotonicNow: () => number;
  /** At least 0, below 1. */
  random: () => number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const nodeRuntime: Runtime = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  random: () => Math.random(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};
