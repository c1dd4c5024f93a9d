import { type EChartsOption, init } from 'echarts';
import { BACKGROUND, TEXT } from './colors.ts';

export const PLOT_WIDTH = 760;

/** The same text for the same option. */
export function renderSvg(option: EChartsOption, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: PLOT_WIDTH, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: BACKGROUND,
      textStyle: { fontFamily: 'system-ui, sans-serif', color: TEXT },
      ...option,
    });
    return `${withoutInteraction(chart.renderToSVGString({ useViewBox: true }))}\n`;
  } finally {
    chart.dispose();
  }
}

/**
 * Without what the library adds for a chart that one can point at: its names are counted over all
 * charts of a process, so that the same chart would not be the same text.
 */
function withoutInteraction(svg: string): string {
  return svg
    .replace(/<style\b[^]*?<\/style>\s*/g, '')
    .replace(/ (class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, 'plot-');
}
