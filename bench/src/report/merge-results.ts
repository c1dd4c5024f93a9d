import { type StoredResult } from '../runner/run-bench.ts';
import { refusalOf } from './refusal.ts';

export interface MergedResults {
  /** One for each bench: the newest that may be shown. */
  readonly results: readonly StoredResult[];
  /** A sentence for each result that may not. */
  readonly refusals: readonly string[];
}

/** What the page stood on so far, and what was measured since. */
export function mergeResults(
  kept: readonly StoredResult[],
  measured: readonly Partial<StoredResult>[],
): MergedResults {
  const byName = new Map(kept.map((result) => [result.name, result]));
  const refusals: string[] = [];
  for (const result of measured) {
    const refusal = refusalOf(result);
    if (refusal !== null) {
      refusals.push(refusal);
      continue;
    }
    const accepted = result as StoredResult;
    const former = byName.get(accepted.name);
    if (former === undefined || former.date < accepted.date) byName.set(accepted.name, accepted);
  }
  return { results: [...byName.values()], refusals };
}
