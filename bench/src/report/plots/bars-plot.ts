import {
  type CustomSeriesOption,
  type CustomSeriesRenderItem,
  type EChartsOption,
  type GridComponentOption,
  type TitleComponentOption,
} from 'echarts';
import { formatQuantity } from '../format-quantity.ts';
import { formatList } from '../markdown.ts';
import { type BarGroup } from './bar-groups.ts';
import { REFERENCE, SUBJECT, TEXT } from './colors.ts';
import { type Plot } from './plot.ts';
import { PLOT_WIDTH, renderSvg } from './render-svg.ts';

const MARGIN = 16;
const HEADING_HEIGHT = 30;
const ROW_HEIGHT = 26;
const GAP = 18;
const LABEL_WIDTH = 210;
const VALUE_WIDTH = 110;
const BAR_HEIGHT = 14;

/** Bars in groups, each on a scale of its own, with a line from the least to the greatest value. */
export function drawBars(fileName: string, groups: readonly BarGroup[]): Plot {
  const title: TitleComponentOption[] = [];
  const grid: GridComponentOption[] = [];
  const series: CustomSeriesOption[] = [];
  let top = MARGIN;
  for (const [index, group] of groups.entries()) {
    title.push(headingOf(group, top));
    const height = group.bars.length * ROW_HEIGHT;
    top += HEADING_HEIGHT;
    grid.push({ left: LABEL_WIDTH, right: VALUE_WIDTH, top, height });
    series.push(seriesOf(group, index));
    top += height + GAP;
  }
  const option: EChartsOption = {
    title,
    grid,
    series,
    xAxis: groups.map((group, gridIndex) => ({
      gridIndex,
      type: 'value',
      min: 0,
      max: Math.max(1e-3, ...group.bars.map(({ value }) => value.greatest)),
      show: false,
    })),
    yAxis: groups.map((group, gridIndex) => ({
      gridIndex,
      type: 'category',
      inverse: true,
      data: group.bars.map(({ name }) => name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: TEXT,
        fontSize: 13,
        width: LABEL_WIDTH - 2 * MARGIN,
        overflow: 'truncate',
        interval: 0,
      },
    })),
  };
  return { fileName, alt: describe(groups), svg: renderSvg(option, top) };
}

function headingOf({ title, quantity }: BarGroup, top: number): TitleComponentOption {
  const words = title.includes(quantity) ? [title] : [title, quantity];
  const text = words.filter((word) => word !== '').join(': ');
  return {
    text,
    left: MARGIN,
    top,
    padding: 0,
    textStyle: {
      color: TEXT,
      fontSize: 14,
      fontWeight: 'bold',
      width: PLOT_WIDTH - 2 * MARGIN,
      overflow: 'truncate',
    },
  };
}

function seriesOf({ bars, unit }: BarGroup, index: number): CustomSeriesOption {
  return {
    type: 'custom',
    xAxisIndex: index,
    yAxisIndex: index,
    silent: true,
    data: bars.map(({ value }, row) => [
      // What is added to something may be less than nothing, of which there is no bar.
      Math.max(0, value.median),
      row,
      Math.max(0, value.least),
      Math.max(0, value.greatest),
    ]),
    renderItem: drawRow((row) => {
      const bar = bars[row];
      return {
        color: bar?.isSubject === true ? SUBJECT : REFERENCE,
        label: formatQuantity(bar?.value.median ?? NaN, unit),
      };
    }),
  };
}

function drawRow(
  describeRow: (row: number) => { color: string; label: string },
): CustomSeriesRenderItem {
  return (_params, api) => {
    const row = Number(api.value(1));
    const positionOf = (dimension: number) => {
      const [x = 0, y = 0] = api.coord([api.value(dimension), row]);
      return { x, y };
    };
    const [end, least, greatest] = [positionOf(0), positionOf(2), positionOf(3)];
    const { color, label } = describeRow(row);
    const { y } = end;
    const start = api.coord([0, row])[0] ?? 0;
    const line = { stroke: TEXT, lineWidth: 1 };
    return {
      type: 'group',
      children: [
        {
          type: 'rect',
          shape: {
            x: start,
            y: y - BAR_HEIGHT / 2,
            width: Math.max(1, end.x - start),
            height: BAR_HEIGHT,
          },
          style: { fill: color },
        },
        { type: 'line', shape: { x1: least.x, y1: y, x2: greatest.x, y2: y }, style: line },
        {
          type: 'text',
          style: {
            x: greatest.x + 8,
            y,
            text: label,
            align: 'left',
            verticalAlign: 'middle',
            fill: TEXT,
            fontSize: 13,
          },
        },
      ],
    };
  };
}

function describe(groups: readonly BarGroup[]): string {
  const names = new Set(groups.flatMap(({ bars }) => bars.map(({ name }) => name)));
  const quantities = new Set(groups.map(({ quantity }) => quantity));
  return `Bars: ${formatList([...quantities])} of ${formatList([...names])}. The figures are in the table.`;
}
