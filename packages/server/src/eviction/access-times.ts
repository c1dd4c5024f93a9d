import { setImmediate as yieldTurn } from 'node:timers/promises';
import type { ArtifactAccess, ArtifactIndex } from '../storage/artifact-index.ts';

/** A crash loses at most this much of what is known about use. */
const FLUSH_AFTER_MS = 10_000;

/** Enough for few statements, and little enough to leave other requests their turn. */
const WRITTEN_AT_ONCE = 100;

/** Beyond this many the timer is not waited for. */
const MAX_PENDING = 5_000;

/**
 * Remembers when artifacts were used, to the millisecond, and how often, and writes that into the
 * index behind the requests: a download must not wait for a write.
 */
export interface AccessTimes {
  /** Notes a use; a hit is one that gave the artifact to somebody. */
  note(blob: string, access: { accessedAtMs: number; isHit: boolean }): void;
  /** Writes what was noted before the call. */
  flush(): Promise<void>;
  /** Flushes for the last time. */
  close(): Promise<void>;
}

export function createAccessTimes(parts: {
  index: Pick<ArtifactIndex, 'touch'>;
  /** On a full disk the index cannot be written, but what is there can still be served. */
  onTrouble: (message: string, cause: unknown) => void;
}): AccessTimes {
  const { index, onTrouble } = parts;
  let pending = new Map<string, ArtifactAccess>();
  let flushing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function write(accesses: [blob: string, access: ArtifactAccess][]): Promise<void> {
    try {
      for (let start = 0; start < accesses.length; start += WRITTEN_AT_ONCE) {
        if (start > 0) await yieldTurn();
        await index.touch(new Map(accesses.slice(start, start + WRITTEN_AT_ONCE)));
      }
    } catch (cause) {
      onTrouble('the times of accesses could not be noted', cause);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (pending.size > 0) {
      const accesses = [...pending];
      pending = new Map();
      flushing = flushing.then(() => write(accesses));
    }
    return flushing;
  }

  return {
    note(blob, { accessedAtMs, isHit }) {
      const access = pending.get(blob);
      if (access === undefined) pending.set(blob, { accessedAtMs, hits: Number(isHit) });
      else {
        access.accessedAtMs = accessedAtMs;
        access.hits += Number(isHit);
      }
      if (pending.size >= MAX_PENDING) void flush();
      else timer ??= setTimeout(() => void flush(), FLUSH_AFTER_MS).unref();
    },
    flush,
    close: flush,
  };
}
