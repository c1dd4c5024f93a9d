import { type Figure, type Measure, missesGate, type Ratio, type Side } from '../runner/bench.ts';
import { type StoredResult } from '../runner/run-bench.ts';
import { formatBound, formatMedian, formatQuantity, formatValue } from './format-quantity.ts';
import { escapeMarkdown, formatTable } from './markdown.ts';
import { type Plot } from './plots/plot.ts';
import { formatVerdict } from './verdict.ts';

/** What the page says of one bench. */
export function formatBenchSection(result: StoredResult, plots: readonly Plot[]): string {
  const { name, title, question, measures, notes = [] } = result;
  const ratios = measures.filter((measure) => measure.kind === 'ratio');
  const figures = measures.filter((measure) => measure.kind === 'figure');
  return [
    `### ${escapeMarkdown(title)}`,
    escapeMarkdown(question),
    ratios.length > 0 ? formatRatios(ratios) : '',
    figures.length > 0 ? formatFigures(figures) : '',
    ...plots.map(formatPlot),
    ...measures.filter(missesGate).map(admit),
    ...notes,
    `${describeOrigin(result)} The result is [${name}.json](performance/${name}.json).`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function formatPlot({ fileName, alt }: Plot): string {
  return `![${escapeMarkdown(alt)}](performance/${fileName})`;
}

function formatRatios(ratios: readonly Ratio[]): string {
  const describe = ({ name, value }: Side, unit: string) =>
    `${escapeMarkdown(name)}: ${formatQuantity(value.median, unit)}`;
  return formatTable(ratios, [
    { heading: 'what', cellOf: ({ what }) => escapeMarkdown(what) },
    { heading: 'quantity', cellOf: ({ quantity }) => escapeMarkdown(quantity) },
    { heading: 'measured', cellOf: ({ subject, unit }) => describe(subject, unit) },
    { heading: 'against', cellOf: ({ reference, unit }) => describe(reference, unit) },
    { heading: 'ratio', isNumber: true, cellOf: ({ value }) => formatValue(value, '×') },
    { heading: 'rounds', isNumber: true, cellOf: ({ value }) => String(value.rounds) },
    { heading: 'verdict', cellOf: formatVerdict },
  ]);
}

function formatFigures(figures: readonly Figure[]): string {
  const hasRounds = figures.some(({ value }) => value.rounds > 1);
  return formatTable(figures, [
    { heading: 'what', cellOf: ({ what }) => escapeMarkdown(what) },
    {
      heading: 'measured',
      isNumber: true,
      cellOf: ({ value, unit }) => formatValue(value, unit),
    },
    {
      heading: 'rounds',
      isNumber: true,
      cellOf: ({ value }) => (hasRounds ? String(value.rounds) : ''),
    },
    { heading: 'gate', isNumber: true, cellOf: (figure) => formatBound(figure, 'gate') },
    { heading: 'verdict', cellOf: formatVerdict },
  ]);
}

/** A gate that is missed is said beside its bench too. */
function admit(measure: Measure): string {
  const what = escapeMarkdown(measure.what);
  const gate = formatBound(measure, 'gate');
  const reference = measure.kind === 'ratio' ? ` ${escapeMarkdown(measure.reference.name)}` : '';
  return `**Missed:** ${what} is at ${formatMedian(measure)}${reference}, and the gate is at ${gate}.`;
}

function describeOrigin({ date, machine, packages, peers = {}, rounds }: StoredResult): string {
  const { cores, cpu, memoryGb, system, node } = machine;
  const ours = Object.entries(packages).filter(([name]) => name.startsWith('@larder/'));
  const parts = [
    `${cores} ${cores === 1 ? 'core' : 'cores'} of ${cpu}`,
    `${memoryGb} GB`,
    system,
    ...[['Node', node], ...ours, ...Object.entries(peers)].map((version) => version.join(' ')),
  ];
  const origin = `Measured on ${date.slice(0, 10)}: ${escapeMarkdown(parts.join(', '))}.`;
  return rounds.length > 0 ? origin : `${origin} The machine was not watched.`;
}
