// How long transfers took, as a histogram that is small enough to be kept for each hour and team.

/** Upper bounds in milliseconds, inclusive; the last one takes the rest. */
export const LATENCY_BUCKETS: readonly number[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  1_000,
  2_000,
  5_000,
  10_000,
  30_000,
  Infinity,
];

/** The number of the bucket that a time belongs to. */
export function bucketOf(durationMs: number): number {
  let number = 0;
  while (durationMs > (LATENCY_BUCKETS[number] ?? Infinity)) number += 1;
  return number;
}

/**
 * The time below which a share of all transfers stayed, in milliseconds, taken to be spread evenly
 * within a bucket; null when there were none. One beyond the last bound is told as that bound.
 *
 * @param counts - How many transfers each bucket has.
 * @param share - From 0 to 1.
 */
export function quantileOf(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = share * total;
  let below = 0;
  for (const [number, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const lower = LATENCY_BUCKETS[number - 1] ?? 0;
      const upper = LATENCY_BUCKETS[number] ?? Infinity;
      if (upper === Infinity) return lower;
      return lower + ((rank - below) / count) * (upper - lower);
    }
    below += count;
  }
  return null;
}
