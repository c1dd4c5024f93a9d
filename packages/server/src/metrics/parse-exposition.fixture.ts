// Reads Prometheus' text format (version 0.0.4) and is as strict as `promtool check metrics` and more.

export interface ExposedMetric {
  name: string;
  type: string;
  help: string;
  samples: ExposedSample[];
}

export interface ExposedSample {
  /** With the suffix of a histogram's series. */
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = /^[a-z][a-z0-9_]*$/;
const SAMPLE = /^([a-z][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-z][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;
const VALUE = /^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i;

/** Units that are no base units, and words that a name must not have. */
const BAD_WORDS = ['ms', 'milliseconds', 'minutes', 'hours', 'days', 'kilobytes', 'mb', 'percent'];

const HISTOGRAM_SUFFIXES = ['_bucket', '_sum', '_count'];

/** Throws for whatever is not as it should be. */
export function parseExposition(text: string): ExposedMetric[] {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const metrics: ExposedMetric[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (line.startsWith('#')) addComment(metrics, comment, line);
    else addSample(metrics.at(-1), line);
  }
  const names = metrics.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new Error('A metric is told twice.');
  for (const metric of metrics) checkMetric(metric);
  return metrics;
}

/** What tells one series from another, as text. */
export function seriesOf(metrics: readonly ExposedMetric[]): string[] {
  return metrics
    .flatMap(({ samples }) => samples)
    .map(({ name, labels }) => `${name}${JSON.stringify(Object.entries(labels).sort())}`)
    .sort();
}

function addComment(metrics: ExposedMetric[], comment: RegExpExecArray | null, line: string): void {
  const [, kind, name = '', text = ''] = comment ?? [];
  if (kind === undefined) throw new Error(`A comment that means nothing: ${line}`);
  if (kind === 'HELP') metrics.push({ name, help: text, type: '', samples: [] });
  else {
    const metric = metrics.at(-1);
    if (metric?.name !== name || metric.type !== '') throw new Error(`Out of order: ${line}`);
    if (!['counter', 'gauge', 'histogram'].includes(text)) throw new Error(`No type: ${line}`);
    metric.type = text;
  }
}

function addSample(metric: ExposedMetric | undefined, line: string): void {
  const [, name = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === '' || !VALUE.test(value)) throw new Error(`No sample: ${line}`);
  if (metric === undefined || metric.type === '') throw new Error(`Of no metric: ${line}`);
  const allowed =
    metric.type === 'histogram'
      ? HISTOGRAM_SUFFIXES.map((suffix) => metric.name + suffix)
      : [metric.name];
  if (!allowed.includes(name)) throw new Error(`Of another metric: ${line}`);
  metric.samples.push({ name, labels: parseLabels(labelText, line), value: toNumber(value) });
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = LABEL.exec(rest);
    const [whole = '', name = '', value = ''] = match ?? [];
    if (match === null || name in labels) throw new Error(`Bad labels: ${line}`);
    labels[name] = value;
    rest = rest.slice(whole.length);
  }
  return labels;
}

function toNumber(value: string): number {
  return Number(value.replace('Inf', 'Infinity'));
}

function checkMetric({ name, type, help, samples }: ExposedMetric): void {
  const problem = (what: string) => new Error(`${name}: ${what}`);
  if (!NAME.test(name)) throw problem('the name is not in snake case');
  if (help.trim() === '') throw problem('there is no help');
  if (type === '') throw problem('there is no type');
  if (name.endsWith('_total') !== (type === 'counter')) throw problem('_total is for counters');
  if (name.split('_').some((word) => BAD_WORDS.includes(word))) throw problem('no base unit');
  if (type !== 'histogram' && HISTOGRAM_SUFFIXES.some((suffix) => name.endsWith(suffix))) {
    throw problem('a suffix of histograms');
  }
  const series = samples.map((sample) => JSON.stringify([sample.name, sample.labels]));
  if (new Set(series).size !== series.length) throw problem('a series is told twice');
  if (type !== 'gauge' && samples.some(({ value }) => !(value >= 0))) throw problem('below zero');
  if (type === 'histogram') checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly ExposedSample[]): void {
  const groups = new Map<string, ExposedSample[]>();
  for (const sample of samples) {
    const rest = Object.entries(sample.labels).filter(([label]) => label !== 'le');
    const key = JSON.stringify(rest);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => toNumber(labels.le ?? 'NaN'));
    const counts = buckets.map(({ value }) => value);
    const count = group.find((sample) => sample.name === `${name}_count`)?.value;
    if (bounds.at(-1) !== Infinity) throw new Error(`${name}: there is no bucket for the rest`);
    if (!isRising(bounds) || !isRising(counts)) throw new Error(`${name}: buckets do not rise`);
    if (count !== counts.at(-1)) throw new Error(`${name}: the count is not that of all buckets`);
    if (!group.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name}: no sum`);
  }
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, place) => number >= (numbers[place - 1] ?? -Infinity));
}
