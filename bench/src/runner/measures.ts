import { type Cost } from '../processes/cost.ts';
import { type Bounds, type Figure, type Ratio, type Turns, type Value } from './bench.ts';

/** What can be said of a cost. */
export type Quantity = 'cpuMs' | 'wallMs' | 'peakRssMb';

const QUANTITIES: Readonly<Record<Quantity, { readonly name: string; readonly unit: string }>> = {
  cpuMs: { name: 'CPU', unit: 'ms' },
  wallMs: { name: 'wall', unit: 'ms' },
  peakRssMb: { name: 'peak RSS', unit: 'MB' },
};

/** A figure that was taken once, or once in each round. */
export function figure(
  what: string,
  values: number | readonly number[],
  unit: string,
  bounds: Bounds = {},
): Figure {
  const value = valueOf(typeof values === 'number' ? [values] : values);
  return { kind: 'figure', what, value, unit, ...bounds };
}

/** One quantity of one subject of some turns. */
export function figureOf<K extends string>(
  turns: Turns<K>,
  { what, subject, quantity }: { what: string; subject: K; quantity: Quantity },
  bounds: Bounds = {},
): Figure {
  const { unit } = QUANTITIES[quantity];
  return figure(what, quantitiesOf(turns[subject], quantity), unit, bounds);
}

export interface Comparison<K extends string> {
  readonly what: string;
  readonly quantity: Quantity;
  readonly subject: K;
  readonly reference: K;
  /** Taken off both in each round: `A − C` against `B − C`, for what somebody adds to something. */
  readonly baseline?: K;
}

/** The same quantity of two subjects of some turns, as the ratio of each round. */
export function ratioOf<K extends string>(
  turns: Turns<K>,
  { what, quantity, subject, reference, baseline }: Comparison<K>,
  bounds: Bounds = {},
): Ratio {
  const { name, unit } = QUANTITIES[quantity];
  const base = baseline === undefined ? null : quantitiesOf(turns[baseline], quantity);
  const sideOf = (key: K) =>
    quantitiesOf(turns[key], quantity).map((each, round) => each - (base?.[round] ?? 0));
  const [ours, theirs] = [sideOf(subject), sideOf(reference)];
  return {
    kind: 'ratio',
    what,
    quantity: baseline === undefined ? name : `${name} added to ${baseline}`,
    unit,
    value: valueOf(ours.map((each, round) => each / (theirs[round] ?? NaN))),
    subject: { name: subject, value: valueOf(ours) },
    reference: { name: reference, value: valueOf(theirs) },
    ...bounds,
  };
}

export function valueOf(values: readonly number[]): Value {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, greatest] = [sorted[0], sorted.at(-1)];
  if (least === undefined || greatest === undefined) throw new Error('There is nothing measured.');
  return { median: medianOf(sorted), least, greatest, rounds: sorted.length };
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const lower = sorted[Math.ceil(middle) - 1] ?? NaN;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return (lower + upper) / 2;
}

function quantitiesOf(costs: readonly Cost[], quantity: Quantity): number[] {
  return costs.map((cost) => {
    const value = cost[quantity];
    if (value === null) throw new Error(`The ${QUANTITIES[quantity].name} was not measured.`);
    return value;
  });
}
