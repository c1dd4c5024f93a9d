import { createFadingMap } from '../collections/fading-map.ts';

/** A storage that is whole again after this long would have found the blob. */
const CERTAIN_AFTER_MS = 10 * 60_000;

/** What is not asked for again within this time has to be missed anew. */
const REMEMBERED_MS = 60 * 60_000;

const MAX_REMEMBERED = 10_000;

/** Tells blobs that are lost from those that cannot be found while a part of the storage is down. */
export interface LossWatch {
  /** Notes that a blob was not found; whether that means that it is gone. */
  isCertain(blob: string): boolean;
}

/** @param options.now - Milliseconds since 1970. */
export function createLossWatch(options: {
  isCertainAtOnce: boolean;
  now: () => number;
}): LossWatch {
  const { isCertainAtOnce, now } = options;
  const missedAtMs = createFadingMap<number>({
    generationMs: REMEMBERED_MS,
    maxPerGeneration: MAX_REMEMBERED,
    now,
  });
  return {
    isCertain(blob) {
      if (isCertainAtOnce) return true;
      const firstMissedAtMs = missedAtMs.get(blob);
      if (firstMissedAtMs !== undefined) return now() - firstMissedAtMs >= CERTAIN_AFTER_MS;
      missedAtMs.set(blob, now());
      return false;
    },
  };
}
