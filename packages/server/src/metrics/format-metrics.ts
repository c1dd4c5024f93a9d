// Samples in Prometheus' text format.
import { Counter, Gauge, Registry, type Metric } from 'prom-client';
import { METRICS, type MetricDescription, type MetricName } from './metric-table.ts';

/** One value of a counter or gauge. */
export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

/** What a histogram has counted. */
export interface HistogramSample {
  labels: Readonly<Record<string, string>>;
  /** By bucket, the last of which takes the rest; not cumulative. */
  counts: readonly number[];
  sum: number;
}

/** What there is to tell of each metric; nothing of one without samples. */
export interface MetricSamples {
  values: Readonly<Partial<Record<MetricName, readonly Sample[]>>>;
  histograms: Readonly<Partial<Record<MetricName, readonly HistogramSample[]>>>;
  /** Upper bounds of the buckets of all histograms; the last one is `Infinity`. */
  bounds: readonly number[];
}

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** A registry for each scrape: what two of them are told at once cannot mix. */
export function formatMetrics(samples: MetricSamples): Promise<string> {
  const registry = new Registry();
  for (const [key, description] of Object.entries<MetricDescription>(METRICS)) {
    const name = key as MetricName;
    const config = { name, help: description.help, labelNames: [...description.labels] };
    const values = samples.values[name] ?? [];
    if (description.type === 'counter') {
      const counter = new Counter({ ...config, registers: [registry] });
      for (const { labels = {}, value } of values) counter.inc({ ...labels }, value);
    } else if (description.type === 'gauge') {
      addGauge(registry, config, values);
    } else {
      registry.registerMetric(toHistogram(config, samples));
    }
  }
  return registry.metrics();
}

function addGauge(
  registry: Registry,
  config: { name: string; help: string; labelNames: string[] },
  values: readonly Sample[],
): void {
  const gauge = new Gauge({ ...config, registers: [registry] });
  // One that is absent is not 0.
  if (config.labelNames.length === 0) gauge.remove();
  for (const { labels = {}, value } of values) gauge.set({ ...labels }, value);
}

/** prom-client's own counts what it observes itself, one at a time; this one was counted before. */
function toHistogram(
  { name, help }: { name: MetricName; help: string },
  { histograms, bounds }: MetricSamples,
): Metric {
  const values = (histograms[name] ?? []).flatMap(({ labels, counts, sum }) => {
    let total = 0;
    const buckets = bounds.map((bound, number) => {
      total += counts[number] ?? 0;
      const le = bound === Infinity ? '+Inf' : String(bound);
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  });
  const histogram = {
    name,
    get: () => Promise.resolve({ name, help, type: 'histogram', values, aggregator: 'sum' }),
  };
  return histogram as unknown as Metric;
}
