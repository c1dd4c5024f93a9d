import { type Figure, type Ratio, type Side, type Value } from '../runner/bench.ts';
import { type StoredResult } from '../runner/run-bench.ts';

/** A result as a bench keeps it. */
export function aResult(overrides: Partial<StoredResult> = {}): StoredResult {
  return {
    name: 'archive-pack',
    area: 'archive',
    title: 'Packing',
    question: 'What does packing cost?',
    date: '2026-01-02T03:04:05.678Z',
    durationMs: 1_000,
    machine: { cpu: 'Some CPU', cores: 2, memoryGb: 24, system: 'Linux 6.1 x64', node: '20.19.0' },
    packages: { '@larder/nx': '0.1.0', 'tar-stream': '3.1.7' },
    isTrusted: true,
    rounds: [{ wanted: 10, taken: 10 }],
    measures: [],
    ...overrides,
  };
}

export function aValue(median: number, rounds = 10): Value {
  const spread = rounds === 1 ? 0 : 0.1;
  return { median, least: median * (1 - spread), greatest: median * (1 + spread), rounds };
}

export function aFigure(overrides: Partial<Figure> = {}): Figure {
  return { kind: 'figure', what: 'peak RSS', value: aValue(120), unit: 'MB', ...overrides };
}

/** Of the medians of two sides. */
export function aRatio(subject: Side, reference: Side, overrides: Partial<Ratio> = {}): Ratio {
  return {
    kind: 'ratio',
    what: `2,000 files against ${reference.name}`,
    quantity: 'CPU',
    unit: 'ms',
    value: aValue(subject.value.median / reference.value.median),
    subject,
    reference,
    ...overrides,
  };
}

export function aSide(name: string, median: number): Side {
  return { name, value: aValue(median) };
}
