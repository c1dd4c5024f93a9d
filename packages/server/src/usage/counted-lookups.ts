import { createFadingMap } from '../collections/fading-map.ts';

/** What a lookup is known by. */
export interface LookupKey {
  tokenId: string;
  team: string;
  hash: string;
}

/** As {@link LookupKey}, for clients that say nothing of themselves. */
export interface AskedKey extends LookupKey {
  /** Network address of the client. */
  address: string;
}

/**
 * Remembers lookups that were counted, so that none is counted again: not when the client tells of it
 * later, and not when the client asks again for the same task.
 */
export interface CountedLookups {
  /** Notes a lookup of a client that may tell of it. */
  note(key: LookupKey): void;
  /** Whether a lookup that a client tells of was noted; each is told of once. */
  take(key: LookupKey): boolean;
  /** Whether the client has asked for this before, and has not yet got or stored it. */
  isAskedAgain(key: AskedKey): boolean;
  /** The client has got it, or has stored it. */
  settle(key: AskedKey): void;
}

/** A client that tells of a lookup later than twice this is taken to tell of another one. */
const NOTED_MS = 30 * 60_000;

/**
 * Nx asks again whenever another task has ended, for as long as a task waits for its turn. A task that
 * fails is not stored; when it is tried again much later, that is another lookup.
 */
const ASKED_MS = 5 * 60_000;

/** Of each of the two; about 10 MB when all of them are as long as they may be. */
const MAX_PER_GENERATION = 20_000;

/** @param now - Milliseconds since 1970. */
export function createCountedLookups(now: () => number = Date.now): CountedLookups {
  const limits = { maxPerGeneration: MAX_PER_GENERATION, now };
  /** How often each was noted. */
  const noted = createFadingMap<number>({ ...limits, generationMs: NOTED_MS });
  const asked = createFadingMap<true>({ ...limits, generationMs: ASKED_MS });

  return {
    note(key) {
      const text = textOf(key);
      noted.set(text, (noted.get(text) ?? 0) + 1);
    },

    take(key) {
      const text = textOf(key);
      const count = noted.get(text);
      if (count === undefined) return false;
      if (count === 1) noted.delete(text);
      else noted.set(text, count - 1);
      return true;
    },

    isAskedAgain(key) {
      const text = `${key.address} ${textOf(key)}`;
      const isKnown = asked.get(text) !== undefined;
      asked.set(text, true);
      return isKnown;
    },

    settle(key) {
      asked.delete(`${key.address} ${textOf(key)}`);
    },
  };
}

/** Neither addresses nor ids of tokens nor hashes have spaces in them. */
function textOf({ tokenId, team, hash }: LookupKey): string {
  return `${tokenId} ${hash} ${team}`;
}
