import { type Measure, type Ratio } from '../runner/bench.ts';
import { type StoredResult } from '../runner/run-bench.ts';
import { formatBound, formatValue, unitOf } from './format-quantity.ts';
import { anchorOf, escapeMarkdown, formatTable } from './markdown.ts';
import { type Plot } from './plots/plot.ts';
import { drawRatios } from './plots/ratios-plot.ts';
import { formatVerdict, verdictOf } from './verdict.ts';

const LEAST_ROWS = 3;

interface Row {
  readonly result: StoredResult;
  readonly measure: Measure;
  readonly isFirst: boolean;
}

/** All ratios that have a gate; null when there are too few for a drawing to help. */
export function plotAtAGlance(results: readonly StoredResult[]): Plot | null {
  const groups = results
    .map(({ title, measures }) => ({
      heading: title,
      rows: measures.filter(isGatedRatio).map(rowOf),
    }))
    .filter(({ rows }) => rows.length > 0);
  const count = groups.reduce((total, { rows }) => total + rows.length, 0);
  return count < LEAST_ROWS ? null : drawRatios('at-a-glance.svg', groups);
}

function isGatedRatio(measure: Measure): measure is Ratio {
  return measure.kind === 'ratio' && measure.gate !== undefined;
}

function rowOf(measure: Ratio): { label: string; measure: Ratio } {
  const { what, reference } = measure;
  const against = what.includes(reference.name) ? '' : `, against ${reference.name}`;
  return { label: `${describe(measure)}${against}`, measure };
}

/** Every measure that has a gate, in one table. */
export function formatAtAGlance(results: readonly StoredResult[]): string {
  const rows = results.flatMap((result): Row[] =>
    result.measures
      .filter(({ gate }) => gate !== undefined)
      .map((measure, index) => ({ result, measure, isFirst: index === 0 })),
  );
  const summary = summarize(rows.map(({ measure }) => measure));
  if (rows.length === 0) return summary;
  const table = formatTable(rows, [
    { heading: 'bench', cellOf: ({ result, isFirst }) => (isFirst ? linkTo(result) : '') },
    { heading: 'what', cellOf: ({ measure }) => escapeMarkdown(describe(measure)) },
    { heading: 'compared', cellOf: ({ measure }) => escapeMarkdown(sidesOf(measure)) },
    {
      heading: 'measured',
      isNumber: true,
      cellOf: ({ measure }) => formatValue(measure.value, unitOf(measure)),
    },
    { heading: 'rounds', isNumber: true, cellOf: ({ measure }) => String(measure.value.rounds) },
    { heading: 'gate', isNumber: true, cellOf: ({ measure }) => formatBound(measure, 'gate') },
    { heading: 'aim', isNumber: true, cellOf: ({ measure }) => formatBound(measure, 'aim') },
    { heading: 'verdict', cellOf: ({ measure }) => formatVerdict(measure) },
  ]);
  return `${summary}\n\n${table}`;
}

function summarize(measures: readonly Measure[]): string {
  const verdicts = measures.map(verdictOf);
  const missed = verdicts.filter((verdict) => verdict === 'missed').length;
  const aims = measures.filter(({ aim }) => aim !== undefined).length;
  const aimsMet = verdicts.filter((verdict) => verdict === 'aim met').length;
  const gates = `${measures.length - missed} of ${measures.length} gates are met`;
  return aims === 0 ? `${gates}.` : `${gates}, and ${aimsMet} of ${aims} aims.`;
}

function linkTo({ title }: StoredResult): string {
  return `[${escapeMarkdown(title)}](#${anchorOf(title)})`;
}

/** With the quantity, unless its own words say so already. */
function describe(measure: Measure): string {
  const { what } = measure;
  if (measure.kind === 'figure' || what.includes(measure.quantity)) return what;
  return `${what}: ${measure.quantity}`;
}

function sidesOf(measure: Measure): string {
  if (measure.kind === 'figure') return '';
  return `${measure.subject.name} against ${measure.reference.name}`;
}
