import { type StoredResult } from '../runner/run-bench.ts';

/** Why a result must not get onto the page, as a sentence; null when it may. */
export function refusalOf(result: Partial<StoredResult>): string | null {
  const { name = 'A result without a name', isTrusted, rounds, area } = result;
  if (rounds === undefined || area === undefined) {
    return `${name} was measured by an earlier version of the bench: measure it again.`;
  }
  if (isTrusted !== true) {
    return `${name} was measured with --busy, and a busy machine proves nothing: measure it without.`;
  }
  const short = rounds.find(({ taken, wanted }) => taken < wanted);
  if (short !== undefined) {
    return `${name} has ${short.taken} rounds and wants ${short.wanted}: measure it without --rounds.`;
  }
  return null;
}
