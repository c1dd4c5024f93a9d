import type { UsageEntry, UsageStore } from '../storage/usage-store.ts';
import { DAY_MS, HOUR_MS } from '../storage/usage-store.ts';
import { addUsage, ownerKey } from './usage-numbers.ts';
import { MAX_TEAMS_PER_HOUR, type UsageRecorder } from './usage-recorder.ts';

/** A crash loses at most this much. */
const WRITE_EVERY_MS = 5_000;

/** The longest range that is told by hour is a week. */
const MAX_HOURS_KEPT_MS = 8 * DAY_MS;

/** What may wait for a storage that does not take it: a day of the most teams that are told apart. */
const MAX_WAITING_ENTRIES = 24 * MAX_TEAMS_PER_HOUR;

/** Writes what is counted, behind the requests, every few seconds. */
export interface UsageWriter {
  /** Writes what was counted before the call; resolves as well when that is not possible. */
  flush(): Promise<void>;
  /** Flushes for the last time. */
  close(): Promise<void>;
}

export interface UsageWriterParts {
  recorder: Pick<UsageRecorder, 'take'>;
  store: Pick<UsageStore, 'add' | 'removeEnded'>;
  /** How long days are kept, and hours at most; null: for ever. */
  retentionMs: number | null;
  onTrouble: (message: string, cause: unknown) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export function createUsageWriter(parts: UsageWriterParts): UsageWriter {
  const { recorder, store, retentionMs, onTrouble, now = Date.now } = parts;
  let waiting = new Map<string, UsageEntry>();
  let writing: Promise<void> = Promise.resolve();
  let prunedAtMs = -Infinity;
  let isTrouble = false;

  function wait(entries: readonly UsageEntry[]): void {
    for (const entry of entries) {
      const key = `${entry.hourMs} ${ownerKey(entry.owner)}`;
      const same = waiting.get(key);
      if (same === undefined) waiting.set(key, entry);
      else addUsage(same, entry);
    }
    for (const key of waiting.keys()) {
      if (waiting.size <= MAX_WAITING_ENTRIES) break;
      waiting.delete(key);
    }
  }

  /** Told once for each time that it begins: nobody needs to hear of it every few seconds. */
  function tell(cause: unknown): void {
    if (!isTrouble) onTrouble('what the server did could not be noted', cause);
    isTrouble = true;
  }

  /** One after the other, so that nothing else touches what waits. */
  async function write(): Promise<void> {
    wait(recorder.take());
    if (waiting.size === 0) return;
    try {
      await store.add([...waiting.values()]);
      waiting = new Map();
      await pruneWhenDue();
      isTrouble = false;
    } catch (cause) {
      tell(cause);
    }
  }

  async function pruneWhenDue(): Promise<void> {
    const nowMs = now();
    if (nowMs < prunedAtMs + HOUR_MS) return;
    const hoursMs = Math.min(retentionMs ?? MAX_HOURS_KEPT_MS, MAX_HOURS_KEPT_MS);
    await store.removeEnded(HOUR_MS, nowMs - hoursMs);
    if (retentionMs !== null) await store.removeEnded(DAY_MS, nowMs - retentionMs);
    prunedAtMs = nowMs;
  }

  function flush(): Promise<void> {
    writing = writing.then(write);
    return writing;
  }

  const timer = setInterval(() => void flush(), WRITE_EVERY_MS).unref();

  return {
    flush,
    close() {
      clearInterval(timer);
      return flush();
    },
  };
}
