import { isLarderError } from '../errors/larder-error.ts';

/** One kind of trouble, however often it came. */
export interface Trouble {
  level: 'warn' | 'error';
  message: string;
  count: number;
  /** Milliseconds since 1970. */
  firstAtMs: number;
  lastAtMs: number;
}

/** What was worth a warning in the log lately, for people who do not read logs. */
export interface RecentTrouble {
  note(level: Trouble['level'], message: string, cause?: unknown): void;
  /** The latest first. */
  list(): Trouble[];
}

/** Kinds that are remembered; beyond these the one goes that did not come for longest. */
const MAX_KINDS = 50;

const MAX_MESSAGE_LENGTH = 500;

/** @param now - Milliseconds since 1970. */
export function createRecentTrouble(now: () => number = Date.now): RecentTrouble {
  // In the order of `lastAtMs`.
  const kinds = new Map<string, Trouble>();

  return {
    note(level, message, cause) {
      const nowMs = now();
      const text = describe(message, cause).slice(0, MAX_MESSAGE_LENGTH);
      const key = `${level} ${message} ${isLarderError(cause) ? cause.code : ''}`;
      const known = kinds.get(key);
      kinds.delete(key);
      kinds.set(key, {
        level,
        message: text,
        count: (known?.count ?? 0) + 1,
        firstAtMs: known?.firstAtMs ?? nowMs,
        lastAtMs: nowMs,
      });
      for (const oldest of kinds.keys()) {
        if (kinds.size <= MAX_KINDS) break;
        kinds.delete(oldest);
      }
    },

    list: () => [...kinds.values()].reverse(),
  };
}

function describe(message: string, cause: unknown): string {
  if (!(cause instanceof Error)) return message;
  return `${message}: ${cause.message}`;
}
