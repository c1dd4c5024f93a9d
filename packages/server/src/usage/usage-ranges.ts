import { DAY_MS, HOUR_MS } from '../storage/usage-store.ts';

/** How far back one can look, and into what that is divided. */
export const USAGE_RANGES = {
  '24h': { buckets: 24, bucketMs: HOUR_MS },
  '7d': { buckets: 7 * 24, bucketMs: HOUR_MS },
  '30d': { buckets: 30, bucketMs: DAY_MS },
  '1y': { buckets: 365, bucketMs: DAY_MS },
} as const;

export type UsageRange = keyof typeof USAGE_RANGES;

export const USAGE_RANGE_NAMES = [
  '24h',
  '7d',
  '30d',
  '1y',
] as const satisfies readonly UsageRange[];

/** Times in milliseconds since 1970. */
export interface UsagePeriod {
  fromMs: number;
  /** Exclusive: the end of the last bucket, which has only begun. */
  toMs: number;
  bucketMs: number;
}

/** Whole hours or days, in UTC; the last of them is the one that it is now. */
export function periodOf(range: UsageRange, nowMs: number): UsagePeriod {
  const { buckets, bucketMs } = USAGE_RANGES[range];
  const toMs = (Math.floor(nowMs / bucketMs) + 1) * bucketMs;
  return { fromMs: toMs - buckets * bucketMs, toMs, bucketMs };
}
