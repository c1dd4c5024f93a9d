import { type Waiting } from './waiting-model.ts';

const LEAST_MS = 0.001;
const BUCKETS_PER_DECADE = 50;
const DECADES = 9;

/** Counts how long was waited, to about 5 %. */
export interface WaitingHistogram {
  note(waitedMs: number): void;
  quantiles(): Waiting;
}

export function createWaitingHistogram(): WaitingHistogram {
  const counts = new Float64Array(BUCKETS_PER_DECADE * DECADES + 1);
  let total = 0;

  function quantile(share: number): number {
    let left = share * total;
    for (const [index, count] of counts.entries()) {
      left -= count;
      if (left < 0) {
        return index === 0 ? 0 : LEAST_MS * 10 ** ((index - 0.5) / BUCKETS_PER_DECADE);
      }
    }
    return 0;
  }

  return {
    note(waitedMs) {
      const place =
        waitedMs < LEAST_MS
          ? 0
          : 1 + Math.floor(Math.log10(waitedMs / LEAST_MS) * BUCKETS_PER_DECADE);
      const index = Math.min(place, counts.length - 1);
      counts[index] = (counts[index] ?? 0) + 1;
      total += 1;
    },
    quantiles: () => ({ p95Ms: quantile(0.95), p99Ms: quantile(0.99) }),
  };
}
