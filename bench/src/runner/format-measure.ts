import { type Measure, meetsAim, missesGate, type Value } from './bench.ts';

const WHAT_WIDTH = 60;

/** The line that people read while a bench runs. */
export function formatMeasure(measure: Measure): string {
  const { what, value } = measure;
  return (
    `${what.padEnd(WHAT_WIDTH)} ${describe(measure)} ${verdictOf(measure)}`.trimEnd() +
    roundsOf(value)
  );
}

function describe(measure: Measure): string {
  const { value } = measure;
  if (measure.kind === 'figure') return `${formatNumber(value.median)} ${measure.unit}`;
  const { quantity, unit, subject, reference } = measure;
  const sides = [subject, reference]
    .map((side) => `${side.name} ${formatNumber(side.value.median)} ${unit}`)
    .join(', ');
  return `${formatNumber(value.median)}× (${quantity}: ${sides})`;
}

function verdictOf(measure: Measure): string {
  const { gate, aim } = measure;
  if (gate === undefined) return '';
  if (missesGate(measure)) return `MISSED, at most ${gate}`;
  if (aim === undefined) return `ok, at most ${gate}`;
  return meetsAim(measure) ? `ok, aim of ${aim} met` : `ok, at most ${gate}; aim ${aim}`;
}

function roundsOf({ rounds, least, greatest }: Value): string {
  if (rounds === 1) return '';
  return ` [${formatNumber(least)} to ${formatNumber(greatest)}, ${rounds} rounds]`;
}

/** Three digits that mean something. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(3, Math.max(0, 2 - magnitude)));
}
