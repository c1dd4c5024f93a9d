// What the table `usage_hour` has in its columns, and what that means.
import { USAGE_MEASURES } from '../../usage/usage-measures.ts';
import { noUsage } from '../../usage/usage-numbers.ts';
import type { UsageEntry, UsageNumbers } from '../usage-store.ts';

const AGE = 'youngest_evicted_age_ms';

export const USAGE_COLUMNS = ['hour_ms', 'owner', 'team', AGE, ...USAGE_MEASURES].join(', ');

/** What {@link toNumbers} reads. */
export const USAGE_SUMS = [
  `min(${AGE}) as age`,
  ...USAGE_MEASURES.map((measure) => `sum(${measure}) as ${measure}`),
].join(', ');

/**
 * Adds what an `insert` meets to what is there.
 *
 * @param least the dialect's function of the lesser of two ages, either of which may be null
 */
export function addingToUsage(least: (one: string, other: string) => string): string {
  return `on conflict (hour_ms, owner, team) do update set
    ${AGE} = ${least(`usage_hour.${AGE}`, `excluded.${AGE}`)},
    ${USAGE_MEASURES.map((measure) => `${measure} = usage_hour.${measure} + excluded.${measure}`).join(', ')}`;
}

export type UsageSumRow = Record<string, number | string | null>;

/** In the order of {@link USAGE_COLUMNS}. */
export function toValues({ hourMs, owner, sums, youngestEvictedAgeMs }: UsageEntry): unknown[] {
  return [
    hourMs,
    owner.kind,
    owner.kind === 'team' ? owner.team : '',
    youngestEvictedAgeMs,
    ...USAGE_MEASURES.map((measure) => sums[measure] ?? 0),
  ];
}

export function toNumbers(row: UsageSumRow): UsageNumbers {
  const numbers = noUsage();
  numbers.youngestEvictedAgeMs = row.age === null ? null : Number(row.age);
  for (const measure of USAGE_MEASURES) {
    const amount = Number(row[measure]);
    if (amount !== 0) numbers.sums[measure] = amount;
  }
  return numbers;
}
