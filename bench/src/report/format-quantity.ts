import { type Bounds, type Measure, type Value } from '../runner/bench.ts';
import { formatNumber } from '../runner/format-measure.ts';

/** From here on milliseconds are shown as seconds, and megabytes as gigabytes. */
const NEXT_UNIT_FROM = 10_000;

const NEXT_UNIT: Readonly<Record<string, string>> = { ms: 's', MB: 'GB', kB: 'MB' };

/** A number with its unit, with the digits that mean something; the same in every locale. */
export function formatQuantity(value: number, unit: string): string {
  const scale = scaleOf(value, unit);
  return withUnit(groupDigits(formatNumber(value / scale.divisor)), scale.unit);
}

/** The median, and the extremes in the same unit where there are several rounds. */
export function formatValue({ median, least, greatest, rounds }: Value, unit: string): string {
  const shown = formatQuantity(median, unit);
  if (rounds === 1) return shown;
  const { divisor } = scaleOf(median, unit);
  const [from, to] = [least, greatest].map((value) => groupDigits(formatNumber(value / divisor)));
  return `${shown} (${from} to ${to})`;
}

export function formatMedian(measure: Measure): string {
  return formatQuantity(measure.value.median, unitOf(measure));
}

/** As it was set: without the zeros that a figure would have; empty when there is none. */
export function formatBound(measure: Measure, bound: keyof Bounds): string {
  const limit = measure[bound];
  if (limit === undefined) return '';
  return withUnit(groupDigits(String(Number(formatNumber(limit)))), unitOf(measure));
}

/** A ratio's own unit is that of what was compared. */
export function unitOf(measure: Measure): string {
  return measure.kind === 'ratio' ? '×' : measure.unit;
}

function scaleOf(value: number, unit: string): { divisor: number; unit: string } {
  const next = NEXT_UNIT[unit];
  if (next === undefined || Math.abs(value) < NEXT_UNIT_FROM) return { divisor: 1, unit };
  return { divisor: 1000, unit: next };
}

function withUnit(number: string, unit: string): string {
  if (unit === '') return number;
  return unit === '×' ? `${number}×` : `${number} ${unit}`;
}

function groupDigits(number: string): string {
  const [whole = '', fraction] = number.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
