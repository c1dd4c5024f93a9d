import { type Measure, meetsAim, missesGate } from '../runner/bench.ts';

/** What became of a gate and an aim, in words; nothing without a gate. */
export function verdictOf(measure: Measure): '' | 'missed' | 'met' | 'aim met' {
  if (measure.gate === undefined) return '';
  if (missesGate(measure)) return 'missed';
  return meetsAim(measure) ? 'aim met' : 'met';
}

/** The same as Markdown: what is missed stands out. */
export function formatVerdict(measure: Measure): string {
  const verdict = verdictOf(measure);
  return verdict === 'missed' ? `**${verdict}**` : verdict;
}
