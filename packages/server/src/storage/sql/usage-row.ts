// What the table `usage_sum` has in its columns, and what that means.
import { USAGE_MEASURES } from '../../usage/usage-measures.ts';
import { noUsage } from '../../usage/usage-numbers.ts';
import {
  DAY_MS,
  HOUR_MS,
  USAGE_SPANS_MS,
  type UsageEntry,
  type UsageNumbers,
  type UsageQuery,
  type UsageSpanMs,
} from '../usage-store.ts';

const AGE = 'youngest_evicted_age_ms';

/** What tells one sum from another, in the order in which rows are kept. */
export const USAGE_KEY = 'span_ms, start_ms, owner, team';

export const USAGE_COLUMNS = [USAGE_KEY, AGE, ...USAGE_MEASURES].join(', ');

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
  return `on conflict (${USAGE_KEY}) do update set
    ${AGE} = ${least(`usage_sum.${AGE}`, `excluded.${AGE}`)},
    ${USAGE_MEASURES.map((measure) => `${measure} = usage_sum.${measure} + excluded.${measure}`).join(', ')}`;
}

export type UsageSumRow = Record<string, number | string | null>;

/** What an entry adds to its hour and to its day, each in the order of {@link USAGE_COLUMNS}. */
export function toRows({ hourMs, owner, sums, youngestEvictedAgeMs }: UsageEntry): unknown[][] {
  const amounts = USAGE_MEASURES.map((measure) => sums[measure] ?? 0);
  const team = owner.kind === 'team' ? owner.team : '';
  return USAGE_SPANS_MS.map((spanMs) => [
    spanMs,
    hourMs - (hourMs % spanMs),
    owner.kind,
    team,
    youngestEvictedAgeMs,
    ...amounts,
  ]);
}

/** The longest that a query can be answered from, when its time is divided into pieces of some length. */
export function longestSpanOf({ fromMs, toMs }: UsageQuery, pieceMs: number = DAY_MS): UsageSpanMs {
  return [fromMs, toMs, pieceMs].every((timeMs) => timeMs % DAY_MS === 0) ? DAY_MS : HOUR_MS;
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
