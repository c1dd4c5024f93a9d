import { type StoredResult } from '../../runner/run-bench.ts';
import { anchorOf } from '../markdown.ts';
import { groupBars } from './bar-groups.ts';
import { drawBars } from './bars-plot.ts';
import { drawGrowth } from './growth-plot.ts';
import { type Plot } from './plot.ts';

/** Two subjects of a ratio are bars, what grows is a line; a figure alone is no drawing. */
export function plotsOf({ name, measures, growth = [] }: StoredResult): readonly Plot[] {
  const groups = groupBars(measures.filter((measure) => measure.kind === 'ratio'));
  const bars = groups.length === 0 ? [] : [drawBars(`${name}.svg`, groups)];
  const lines = growth.map((each) => drawGrowth(`${name}-${anchorOf(each.what)}.svg`, each));
  return [...bars, ...lines];
}
