import type { UsageMeasure } from '../usage/usage-measures.ts';

/**
 * Whose numbers these are: a team's, those of all teams beyond the number that is told apart, or of
 * no team at all, such as requests without a good token.
 */
export type UsageOwner = { kind: 'team'; team: string } | { kind: 'others' } | { kind: 'none' };

/** What happened in some time. */
export interface UsageNumbers {
  /** Those that are absent are 0. */
  sums: Partial<Record<UsageMeasure, number>>;
  /**
   * How long the youngest of the artifacts that were evicted had not been used, in milliseconds; null
   * when none was.
   */
  youngestEvictedAgeMs: number | null;
}

/** What happened in one hour to one owner. */
export interface UsageEntry extends UsageNumbers {
  /** When the hour began: milliseconds since 1970, UTC. */
  hourMs: number;
  owner: UsageOwner;
}

/** A stretch of time and, in it, what is meant. */
export interface UsageQuery {
  /** Milliseconds since 1970, inclusive. Hours and days are told by when they began. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** Only these teams; absent: everything, the numbers of no team included. */
  teams?: readonly string[] | undefined;
}

/** What happened in a part of the time that was asked for. */
export interface UsageBucket extends UsageNumbers {
  /** When it began: milliseconds since 1970. */
  startMs: number;
}

/** What happened to one team in all of the time that was asked for. */
export interface TeamUsage extends UsageNumbers {
  team: string;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** What sums are kept of: hours, and days of UTC. */
export type UsageSpanMs = typeof HOUR_MS | typeof DAY_MS;

export const USAGE_SPANS_MS = [HOUR_MS, DAY_MS] as const satisfies readonly UsageSpanMs[];

/**
 * Keeps what happened to each owner twice: by hour, which may be forgotten soon, and by day. What is
 * asked for in whole days is read from days, everything else from hours. Every function fails with
 * `LARDER_SERVER_STORAGE_FAILED` when the storage does.
 */
export interface UsageStore {
  /** Adds to what is kept, all entries or none. */
  add(entries: readonly UsageEntry[]): Promise<void>;
  /**
   * Sums over owners, for each stretch of `bucketMs` in which something happened, the first one
   * first. Buckets are counted from 1970.
   */
  sum(query: UsageQuery, bucketMs: number): Promise<UsageBucket[]>;
  /** Sums over time for each team in which something happened, in no order. */
  sumByTeam(query: UsageQuery): Promise<TeamUsage[]>;
  /**
   * Forgets the hours, or the days, that ended before a time, in milliseconds since 1970.
   *
   * @returns how many sums.
   */
  removeEnded(spanMs: UsageSpanMs, beforeMs: number): Promise<number>;
}
