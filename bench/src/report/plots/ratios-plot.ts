import { type CustomSeriesRenderItem, type EChartsOption } from 'echarts';
import { missesGate, type Ratio } from '../../runner/bench.ts';
import { formatMedian, formatQuantity } from '../format-quantity.ts';
import { FAINT_TEXT, GRID, MISSED, SUBJECT, TEXT } from './colors.ts';
import { type Plot } from './plot.ts';
import { renderSvg } from './render-svg.ts';

const ROW_HEIGHT = 24;
const TOP = 40;
const BOTTOM = 56;
const LABEL_WIDTH = 330;
const VALUE_WIDTH = 80;
const DOT_RADIUS = 5;
const GATE_HEIGHT = 14;

/** Where a logarithmic axis of ratios has a label, as far as there are figures. */
const TICKS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

/** A row of the drawing. */
export interface RatioRow {
  readonly label: string;
  readonly measure: Ratio;
}

/** Ratios of all sorts on one logarithmic scale, each with its extremes and its gate. */
export function drawRatios(fileName: string, rows: readonly RatioRow[]): Plot {
  const values = rows.flatMap(({ measure: { value, gate } }) =>
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
      data: rows.map(({ label }) => label),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: TEXT,
        fontSize: 13,
        width: LABEL_WIDTH - 32,
        overflow: 'truncate',
        interval: 0,
      },
    },
    series: [
      {
        type: 'custom',
        silent: true,
        data: rows.map(({ measure: { value, gate } }, row) => [
          atLeast(min, value.median),
          row,
          atLeast(min, value.least),
          atLeast(min, value.greatest),
          atLeast(min, gate ?? value.median),
        ]),
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
    alt: describe(rows),
    svg: renderSvg(option, TOP + rows.length * ROW_HEIGHT + BOTTOM),
  };
}

/** What is added to something may be nothing or less, of which there is no logarithm. */
function atLeast(min: number, value: number): number {
  return Math.max(min, value);
}

function drawRow(rows: readonly RatioRow[]): CustomSeriesRenderItem {
  return (params, api) => {
    const measure = rows[params.dataIndex]?.measure;
    if (measure === undefined) return null;
    const xOf = (dimension: number) => api.coord([api.value(dimension), api.value(1)])[0] ?? 0;
    const y = api.coord([api.value(0), api.value(1)])[1] ?? 0;
    const [dot, least, greatest, gate] = [xOf(0), xOf(2), xOf(3), xOf(4)];
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

function describe(rows: readonly RatioRow[]): string {
  const missed = rows.filter(({ measure }) => missesGate(measure)).length;
  const below = rows.filter(({ measure }) => measure.value.median < 1).length;
  return (
    `Dots on a scale of ratios: ${formatQuantity(below, '')} of ${formatQuantity(rows.length, '')} ` +
    `are below 1×, and ${formatQuantity(missed, '')} beyond their gates. The figures are in the table.`
  );
}
