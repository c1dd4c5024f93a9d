import type { UsageNumbers, UsageOwner } from '../storage/usage-store.ts';
import type { UsageMeasure } from './usage-measures.ts';

export function noUsage(): UsageNumbers {
  return { sums: {}, youngestEvictedAgeMs: null };
}

/** Adds `more` to `numbers`, in place. */
export function addUsage(numbers: UsageNumbers, more: UsageNumbers): void {
  const { sums } = numbers;
  for (const measure of Object.keys(more.sums) as UsageMeasure[]) {
    sums[measure] = (sums[measure] ?? 0) + (more.sums[measure] ?? 0);
  }
  numbers.youngestEvictedAgeMs = younger(numbers.youngestEvictedAgeMs, more.youngestEvictedAgeMs);
}

/** The lesser of two ages that need not be known. */
export function younger(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}

export function isNothing({ sums, youngestEvictedAgeMs }: UsageNumbers): boolean {
  return youngestEvictedAgeMs === null && Object.keys(sums).length === 0;
}

/** An owner as the text that it is known by in maps; no two owners have the same. */
export function ownerKey(owner: UsageOwner): string {
  return owner.kind === 'team' ? `team ${owner.team}` : owner.kind;
}
