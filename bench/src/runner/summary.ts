import { missesGate } from './bench.ts';
import { formatMeasure } from './format-measure.ts';
import { type StoredResult } from './run-bench.ts';

export interface Session {
  readonly results: readonly StoredResult[];
  /** Names of the benches that got no quiet machine. */
  readonly unclaimed: readonly string[];
  readonly durationMs: number;
}

/** Every gate of every bench that ran, and how long all of it took. */
export function summarize({ results, unclaimed, durationMs }: Session): string {
  const gated = results.map(({ name, measures }) => ({
    name,
    measures: measures.filter(({ gate }) => gate !== undefined),
  }));
  const lines = gated
    .filter(({ measures }) => measures.length > 0)
    .flatMap(({ name, measures }) => [
      name,
      ...measures.map((measure) => `  ${formatMeasure(measure)}`),
    ]);
  const all = gated.flatMap(({ measures }) => measures);
  const met = all.filter((measure) => !missesGate(measure)).length;
  return [
    'All gates:',
    ...lines,
    `${met} of ${all.length} gates are met.`,
    ...unclaimed.map((name) => `${name} claims nothing: the machine was too busy.`),
    `It took ${formatDuration(durationMs)}.`,
  ].join('\n');
}

function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
