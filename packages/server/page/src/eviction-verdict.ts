import type { UsageReport } from './api.ts';
import { formatBytes, formatDuration } from './format.ts';

/** Whether the cache is large enough, as far as what was evicted from it tells. */
export interface EvictionVerdict {
  readonly level: 'good' | 'warning' | 'bad';
  readonly title: string;
  readonly reason: string;
}

const DAY_MS = 86_400_000;

/** What was not used for this long is hardly missed. */
const LONG_UNUSED_MS = 7 * DAY_MS;

export function judgeEvictions({ evicted }: UsageReport['totals']): EvictionVerdict {
  const { artifacts, bytes, youngestAgeMs } = evicted;
  if (artifacts === 0 || youngestAgeMs === null) {
    return { level: 'good', title: 'Large enough', reason: 'Nothing was evicted.' };
  }
  const reason =
    `${artifacts.toLocaleString('en')} artifacts (${formatBytes(bytes)}) were evicted, ` +
    `some of them ${formatDuration(youngestAgeMs)} after their last use.`;
  if (youngestAgeMs < DAY_MS) return { level: 'bad', title: 'Too small', reason };
  if (youngestAgeMs < LONG_UNUSED_MS) return { level: 'warning', title: 'Scarce', reason };
  return { level: 'good', title: 'Large enough', reason };
}
