import { type Ratio, type Side } from '../../runner/bench.ts';

/** What was measured in the same turns, so that it can be drawn on one scale. */
export interface BarGroup {
  /** Empty when its measures have nothing in common but the quantity. */
  readonly title: string;
  readonly quantity: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

export interface Bar extends Side {
  /** Whether it is what a ratio is about; otherwise it is only what others are compared with. */
  readonly isSubject: boolean;
}

interface OpenGroup {
  readonly ratios: Ratio[];
  readonly bars: Bar[];
}

/** Two ratios that share a side, with its very figures, are of the same turns. */
export function groupBars(ratios: readonly Ratio[]): readonly BarGroup[] {
  const groups: OpenGroup[] = [];
  for (const ratio of ratios) {
    const group = groups.find((each) => belongsTo(each, ratio)) ?? { ratios: [], bars: [] };
    if (group.ratios.length === 0) groups.push(group);
    group.ratios.push(ratio);
    addBar(group.bars, { ...ratio.subject, isSubject: true });
    addBar(group.bars, { ...ratio.reference, isSubject: false });
  }
  return groups.map(({ ratios: [first, ...others], bars }) => ({
    title: commonStart([first, ...others].map((ratio) => ratio?.what ?? '')),
    quantity: first?.quantity ?? '',
    unit: first?.unit ?? '',
    // What is measured comes first; a reference may have been met before the last of them.
    bars: bars.sort((a, b) => Number(b.isSubject) - Number(a.isSubject)),
  }));
}

function belongsTo(group: OpenGroup, { quantity, unit, subject, reference }: Ratio): boolean {
  const [first] = group.ratios;
  return (
    first?.quantity === quantity &&
    first.unit === unit &&
    group.bars.some((bar) => isSame(bar, subject) || isSame(bar, reference))
  );
}

function addBar(bars: Bar[], bar: Bar): void {
  const index = bars.findIndex((each) => isSame(each, bar));
  if (index === -1) bars.push(bar);
  else if (bar.isSubject) bars[index] = bar;
}

function isSame(a: Side, b: Side): boolean {
  const { median, least, greatest, rounds } = a.value;
  return (
    a.name === b.name &&
    median === b.value.median &&
    least === b.value.least &&
    greatest === b.value.greatest &&
    rounds === b.value.rounds
  );
}

/** The words that all begin with, without those that only lead to what follows. */
function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  if (others.every((text) => text === first)) return first;
  const words = first.split(' ');
  let count = 0;
  while (others.every((text) => text.split(' ')[count] === words[count])) count += 1;
  const start = words.slice(0, count).join(' ');
  return start.replace(/([,:;]| against| than| with)+$/, '');
}
