import { type CustomSeriesRenderItem, type EChartsOption } from 'echarts';
import { missesGate, type Ratio } from '../../runner/bench.ts';
import { formatMedian } from '../format-quantity.ts';
import { FAINT_TEXT, GRID, MISSED, SUBJECT, TEXT } from './colors.ts';
import { type Plot } from './plot.ts';
import { renderSvg } from './render-svg.ts';

const ROW_HEIGHT = 24;
const TOP = 40;
const BOTTOM = 56;
const LABEL_WIDTH = 400;
/** Fonts differ, and the library only estimates how wide a text is. */
const MAX_LABEL_WIDTH = 330;
const VALUE_WIDTH = 80;
const DOT_RADIUS = 5;
const GATE_HEIGHT = 14;

/** Where a logarithmic axis of ratios has a label, as far as there are figures. */
const TICKS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

export interface RatioGroup {
  readonly heading: string;
  readonly rows: readonly { readonly label: string; readonly measure: Ratio }[];
}

/** A row of the drawing: a heading has no measure. */
interface Row {
  readonly label: string;
  readonly measure: Ratio | null;
}

/** Ratios of all sorts on one logarithmic scale, each with its extremes and its gate. */
export function drawRatios(fileName: string, groups: readonly RatioGroup[]): Plot {
  const measures = groups.flatMap(({ rows }) => rows.map(({ measure }) => measure));
  const rows = groups.flatMap((group): Row[] => [
    { label: group.heading, measure: null },
    ...group.rows,
  ]);
  const values = measures.flatMap(({ value, gate }) =>
    [value.least, value.median, value.greatest, gate ?? value.median].filter((each) => each > 0),
  );
  const [min, max] = [Math.min(...values, 0.5) / 1.2, Math.max(...values, 2) * 1.2];
  const ticks = TICKS.filter((tick) => tick > min && tick < max);
  const option: EChartsOption = {
    grid: {
      left: LABEL_WIDTH,
      right: VALUE_WIDTH,
      top: TOP,
      height: rows.length * ROW_HEIGHT,
    },
    title: {
      text: '◀ less is better',
      left: LABEL_WIDTH,
      top: 14,
      padding: 0,
      textStyle: { color: FAINT_TEXT, fontSize: 13, fontWeight: 'normal' },
    },
    xAxis: {
      type: 'log',
      min,
      max,
      name: 'ratio (logarithmic)',
      nameLocation: 'middle',
      nameGap: 30,
      nameTextStyle: { color: FAINT_TEXT, fontSize: 13 },
      axisLine: { show: false },
      axisTick: { customValues: ticks },
      axisLabel: {
        customValues: ticks,
        color: TEXT,
        fontSize: 13,
        formatter: (value: number) => `${Number(value.toPrecision(2))}×`,
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ label, measure }) => (measure === null ? `{heading|${label}}` : label)),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: TEXT,
        fontSize: 12,
        width: MAX_LABEL_WIDTH,
        overflow: 'truncate',
        interval: 0,
        rich: { heading: { fontWeight: 'bold', fontSize: 12, color: TEXT } },
      },
    },
    series: [
      {
        type: 'custom',
        silent: true,
        encode: { x: 0, y: 4 },
        data: rows.flatMap(({ measure }, row) =>
          measure === null ? [] : [[...positionsOf(measure, min), row]],
        ),
        renderItem: drawRow(rows),
      },
      {
        type: 'line',
        silent: true,
        data: [],
        markLine: {
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: TEXT, type: 'solid', width: 1 },
          data: [{ xAxis: 1 }],
        },
      },
    ],
  };
  return {
    fileName,
    alt: describe(measures),
    svg: renderSvg(option, TOP + rows.length * ROW_HEIGHT + BOTTOM),
  };
}

/** Median, least, greatest and gate. What is added may be less than nothing: no logarithm of that. */
function positionsOf({ value, gate }: Ratio, min: number): number[] {
  const { median, least, greatest } = value;
  return [median, least, greatest, gate ?? median].map((each) => Math.max(min, each));
}

function drawRow(rows: readonly Row[]): CustomSeriesRenderItem {
  return (params, api) => {
    const row = Number(api.value(4));
    const measure = rows[row]?.measure ?? null;
    if (measure === null) return null;
    const xOf = (dimension: number) => api.coord([api.value(dimension), row])[0] ?? 0;
    const y = api.coord([api.value(0), row])[1] ?? 0;
    const [dot, least, greatest, gate] = [xOf(0), xOf(1), xOf(2), xOf(3)];
    const color = missesGate(measure) ? MISSED : SUBJECT;
    const { x = 0, width = 0 } = params.coordSys as unknown as { x?: number; width?: number };
    const lineAt = (x1: number, x2: number, height: number) => ({
      x1,
      x2,
      y1: y - height / 2,
      y2: y + height / 2,
    });
    return {
      type: 'group',
      children: [
        { type: 'line', shape: lineAt(x, x + width, 0), style: { stroke: GRID } },
        {
          type: 'line',
          shape: lineAt(gate, gate, GATE_HEIGHT),
          style: { stroke: TEXT, lineWidth: 3 },
        },
        { type: 'line', shape: lineAt(least, greatest, 0), style: { stroke: color, lineWidth: 2 } },
        { type: 'circle', shape: { cx: dot, cy: y, r: DOT_RADIUS }, style: { fill: color } },
        {
          type: 'text',
          style: {
            x: x + width + 12,
            y,
            text: formatMedian(measure),
            verticalAlign: 'middle',
            fill: TEXT,
            fontSize: 13,
          },
        },
      ],
    };
  };
}

function describe(measures: readonly Ratio[]): string {
  const missed = measures.filter(missesGate).length;
  const below = measures.filter(({ value }) => value.median < 1).length;
  return (
    `Dots on a scale of ratios: ${below} of ${measures.length} are below 1×, and ${missed} beyond ` +
    'their gates. The figures are in the table.'
  );
}
