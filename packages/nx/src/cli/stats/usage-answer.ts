// The part of the answer of "GET /larder/v1/usage" (docs/usage.md) that is shown here.

export const usageRanges = ['24h', '7d', '30d', '1y'] as const;
export type UsageRange = (typeof usageRanges)[number];

export interface UsageAnswer {
  readonly range: string;
  /** Null: all teams. */
  readonly teams: readonly string[] | null;
  readonly totals: UsageTotals;
  readonly storage: {
    readonly artifacts: number;
    readonly storedBytes: number;
    /** Null: no limit. */
    readonly limitBytes: number | null;
  };
}

export interface UsageTotals {
  readonly hits: number;
  readonly misses: number;
  readonly savedMs: number;
  readonly servedBytes: number;
  readonly stored: { readonly artifacts: number; readonly bytes: number };
  readonly evicted: {
    readonly artifacts: number;
    readonly bytes: number;
    /** Null when nothing was evicted. */
    readonly youngestAgeMs: number | null;
  };
  readonly byClient: Readonly<Record<ClientClass, LookupCounts>>;
  readonly latency: Readonly<Record<'get' | 'put', Latency>>;
}

export type ClientClass = 'ci' | 'people' | 'unknown';

export interface LookupCounts {
  readonly hits: number;
  readonly misses: number;
}

export interface Latency {
  readonly count: number;
  /** Null when there were none. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** Null for what is no such answer: a page that a server has for every path, for example. */
export function parseUsageAnswer(text: string): UsageAnswer | null {
  try {
    const value = JSON.parse(text) as Partial<UsageAnswer> | null;
    const isComplete =
      typeof value?.totals?.hits === 'number' &&
      typeof value.totals.byClient.ci.hits === 'number' &&
      typeof value.totals.latency.get.count === 'number' &&
      typeof value.storage?.storedBytes === 'number';
    return isComplete ? (value as UsageAnswer) : null;
  } catch {
    return null;
  }
}
