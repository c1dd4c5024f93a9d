import type uPlotType from 'uplot';
import type { UsageReport } from './api.ts';
import { createTable } from './data-table.ts';
import { element } from './element.ts';
import { timeFormat } from './format.ts';

export type Bucket = UsageReport['series'][number];

/** One kind of bar of a chart; its class gives the colour. */
export interface ChartSeries {
  readonly name: string;
  readonly class: 'is-hit' | 'is-miss' | 'is-down' | 'is-up';
  readonly valueOf: (bucket: Bucket) => number;
}

export interface ChartOptions {
  readonly title: string;
  readonly buckets: readonly Bucket[];
  readonly bucketMs: number;
  /** Drawn on top of each other, the first one at the bottom. */
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** Distances that lines of the axis may have, the least first. */
  readonly steps: readonly number[];
}

const HEIGHT = 224;
const HOUR_MS = 3_600_000;

/** Days are those of UTC; hours are the reader's own. */
const DAYS = {
  name: 'Day (UTC)',
  inTable: timeFormat({ dateStyle: 'medium', timeZone: 'UTC' }),
  onAxis: timeFormat({ day: 'numeric', month: 'short', timeZone: 'UTC' }),
};

const formatHour = timeFormat({ hour: '2-digit', minute: '2-digit' });
const formatMidnight = timeFormat({ day: 'numeric', month: 'short' });

const HOURS = {
  name: 'Hour',
  inTable: timeFormat({ dateStyle: 'short', timeStyle: 'short' }),
  onAxis: (timeMs: number) => {
    const time = new Date(timeMs);
    const isMidnight = time.getHours() === 0 && time.getMinutes() === 0;
    return (isMidnight ? formatMidnight : formatHour)(timeMs);
  },
};

/** Bars over time, with a legend and the same numbers as a table for whoever does not see them. */
export function createChart(options: ChartOptions): HTMLElement {
  const { title, buckets, bucketMs, series, format } = options;
  const plot = element('div', { class: 'plot', attributes: { 'aria-hidden': 'true' } });
  const times = timesOf(bucketMs);
  const table = createTable(
    title,
    [
      { name: times.name, cell: ({ startMs }) => times.inTable(startMs) },
      ...series.map(({ name, valueOf }) => ({
        name,
        isNumber: true,
        cell: (bucket: Bucket) => format(valueOf(bucket)),
      })),
    ],
    buckets.filter((bucket) => series.some(({ valueOf }) => valueOf(bucket) > 0)),
  );
  drawWhenSeen(plot, (width) => draw(plot, width, options));
  return element(
    'figure',
    { class: 'panel' },
    element('figcaption', {}, element('h2', {}, title)),
    element(
      'ul',
      { class: 'legend' },
      series.map((each) => element('li', { class: each.class }, element('span', {}, each.name))),
    ),
    plot,
    element('details', {}, element('summary', {}, 'As a table'), table),
  );
}

function timesOf(bucketMs: number): typeof DAYS {
  return bucketMs > HOUR_MS ? DAYS : HOURS;
}

/** Draws as soon as the place has a width, and again when that or the colours change. */
function drawWhenSeen(plot: HTMLElement, drawAt: (width: number) => uPlotType): void {
  let drawn: uPlotType | null = null;
  const colours = matchMedia('(prefers-color-scheme: dark)');

  function redraw(): void {
    if (plot.clientWidth === 0) return;
    drawn?.destroy();
    drawn = drawAt(plot.clientWidth);
  }

  const observer = new ResizeObserver(() => {
    if (plot.isConnected) {
      if (drawn === null) redraw();
      else drawn.setSize({ width: plot.clientWidth, height: HEIGHT });
      return;
    }
    // The page has been replaced by a newer one.
    observer.disconnect();
    colours.removeEventListener('change', redraw);
    drawn?.destroy();
    drawn = null;
  });
  colours.addEventListener('change', redraw);
  observer.observe(plot);
}

function draw(
  plot: HTMLElement,
  width: number,
  { buckets, bucketMs, series, format, steps }: ChartOptions,
): uPlotType {
  const style = getComputedStyle(plot);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 } };
  const times = timesOf(bucketMs);
  const tops = stackedTops(buckets, series);
  const bars = uPlot.paths.bars?.({ size: [0.8, 40], align: 1 });
  const fromMs = buckets[0]?.startMs ?? 0;
  const range: uPlotType.Range.MinMax = [
    fromMs / 1_000,
    (fromMs + buckets.length * bucketMs) / 1_000,
  ];
  const options: uPlotType.Options = {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    ...(times === DAYS && {
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'UTC'),
    }),
    scales: {
      x: { range: () => range },
      y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.05 : (steps[0] ?? 1)] },
    },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map((seconds) => times.onAxis(seconds * 1_000)) },
      { ...axis, size: 75, incrs: [...steps], values: (_plot, values) => values.map(format) },
    ],
    series: [
      {},
      // The highest first: each covers all of those behind it but for its own part.
      ...series
        .map((each) => ({
          label: each.name,
          fill: colour(`--${each.class.replace('is-', '')}`),
          width: 0,
          points: { show: false },
          ...(bars && { paths: bars }),
        }))
        .reverse(),
    ],
  };
  const starts = buckets.map(({ startMs }) => startMs / 1_000);
  return new uPlot(options, [starts, ...[...tops].reverse()], plot);
}

/** For each series where its bars end when they stand on those of the series before it. */
export function stackedTops(
  buckets: readonly Bucket[],
  series: readonly ChartSeries[],
): number[][] {
  const below = buckets.map(() => 0);
  return series.map(({ valueOf }) =>
    buckets.map((bucket, index) => (below[index] = (below[index] ?? 0) + valueOf(bucket))),
  );
}
