/** Remembers values by text, but only so many of them and for so long. */
export interface FadingMap<Value> {
  get(key: string): Value | undefined;
  /** Also begins the time anew for which it is remembered. */
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/**
 * Two generations instead of a time for each value: what is forgotten is between one and two
 * generations old, or there are more than `maxPerGeneration` newer ones.
 *
 * @param options.now - Milliseconds since 1970.
 */
export function createFadingMap<Value>({
  generationMs,
  maxPerGeneration,
  now,
}: {
  generationMs: number;
  maxPerGeneration: number;
  now: () => number;
}): FadingMap<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  let bornAtMs = now();

  function ageWhenDue(): void {
    const ageMs = now() - bornAtMs;
    if (ageMs < generationMs && young.size < maxPerGeneration) return;
    old = ageMs < 2 * generationMs ? young : new Map<string, Value>();
    young = new Map();
    bornAtMs = now();
  }

  return {
    get(key) {
      ageWhenDue();
      return young.get(key) ?? old.get(key);
    },
    set(key, value) {
      ageWhenDue();
      old.delete(key);
      young.set(key, value);
    },
    delete(key) {
      young.delete(key);
      old.delete(key);
    },
  };
}
