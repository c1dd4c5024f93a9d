import { type EChartsOption } from 'echarts';
import { type Growth, type Line } from '../../runner/bench.ts';
import { formatQuantity } from '../format-quantity.ts';
import { FAINT_TEXT, GRID, LINES, TEXT } from './colors.ts';
import { type Plot } from './plot.ts';
import { renderSvg } from './render-svg.ts';

const HEIGHT = 320;

/** Lines over a logarithmic axis that names the points at which there are figures, and no others. */
export function drawGrowth(fileName: string, growth: Growth): Plot {
  const { what, unit, by, lines } = growth;
  const points = [...new Set(lines.flatMap((line) => line.points.map(({ at }) => at)))];
  points.sort((a, b) => a - b);
  const option: EChartsOption = {
    color: LINES,
    title: {
      text: `${what} (${unit})`,
      left: 16,
      top: 16,
      padding: 0,
      textStyle: { color: TEXT, fontSize: 14, fontWeight: 'bold' },
    },
    legend: {
      right: 16,
      top: 16,
      padding: 0,
      icon: 'roundRect',
      textStyle: { color: TEXT, fontSize: 13 },
    },
    grid: { left: 70, right: 40, top: 60, bottom: 60 },
    xAxis: {
      type: 'log',
      name: `${by} (logarithmic)`,
      nameLocation: 'middle',
      nameGap: 32,
      nameTextStyle: { color: FAINT_TEXT, fontSize: 13 },
      min: points[0] ?? 1,
      max: points.at(-1) ?? 10,
      axisLine: { lineStyle: { color: FAINT_TEXT } },
      axisTick: { customValues: points },
      axisLabel: {
        customValues: points,
        color: TEXT,
        fontSize: 13,
        formatter: (value: number) => formatQuantity(nearest(points, value), ''),
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: {
        color: TEXT,
        fontSize: 13,
        formatter: (value: number) => formatQuantity(value, ''),
      },
      splitLine: { lineStyle: { color: GRID } },
    },
    series: lines.map((line) => ({
      type: 'line',
      name: line.name,
      silent: true,
      symbol: 'circle',
      symbolSize: 7,
      lineStyle: { width: 2 },
      data: line.points.map(({ at, value }) => [at, value]),
    })),
  };
  return { fileName, alt: describe(growth), svg: renderSvg(option, HEIGHT) };
}

/** A logarithm and back is not quite the number that it was. */
function nearest(points: readonly number[], value: number): number {
  return points.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a), Infinity);
}

function describe({ what, unit, by, lines }: Growth): string {
  const ends = ({ name, points }: Line) =>
    [points[0], points.at(-1)]
      .filter((point) => point !== undefined)
      .map(({ at, value }) => `${formatQuantity(value, unit)} at ${formatQuantity(at, '')}`)
      .join(', ')
      .replace(/^/, `${name} `);
  return `Lines: ${what} by ${by}: ${lines.map(ends).join('; ')}.`;
}
