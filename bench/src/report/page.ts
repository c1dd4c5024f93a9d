import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@larder/e2e/repository';
import { type Options } from 'prettier';
import { format } from 'prettier/standalone';
import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';
import * as markdown from 'prettier/plugins/markdown';
import { type StoredResult } from '../runner/run-bench.ts';
import { AREAS } from './areas.ts';
import { formatAtAGlance, plotAtAGlance } from './at-a-glance.ts';
import { formatBenchSection, formatPlot } from './bench-section.ts';
import { INTRODUCTION, OVERVIEW_LEGEND } from './introduction.ts';
import { anchorOf } from './markdown.ts';
import { plotsOf } from './plots/plots-of.ts';

/** Text of each file by its path below `docs/`: the page, its plots and the results it stands on. */
export type PageFiles = ReadonlyMap<string, string>;

/**
 * The same files for the same results, whatever their order.
 *
 * @throws Error when a result belongs to no section, or two would have the same heading.
 */
export async function createPage(results: readonly StoredResult[]): Promise<PageFiles> {
  checkSections(results);
  const areas = Object.entries(AREAS).map(([area, heading]) => ({
    heading,
    results: results
      .filter((result) => result.area === area)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }));
  const sorted = areas.flatMap((area) => area.results);
  const files = new Map<string, string>();
  for (const result of sorted) {
    const json = await formatFile(JSON.stringify(result), 'json');
    files.set(`performance/${result.name}.json`, json);
  }
  const sections: string[] = [INTRODUCTION, '## At a glance', formatAtAGlance(sorted)];
  const overview = plotAtAGlance(sorted);
  if (overview !== null) {
    files.set(`performance/${overview.fileName}`, overview.svg);
    sections.push(OVERVIEW_LEGEND, formatPlot(overview));
  }
  for (const { heading, results: ofArea } of areas) {
    if (ofArea.length > 0) sections.push(`## ${heading}`);
    for (const result of ofArea) {
      const plots = plotsOf(result);
      for (const { fileName, svg } of plots) files.set(`performance/${fileName}`, svg);
      sections.push(formatBenchSection(result, plots));
    }
  }
  files.set('performance.md', await formatFile(sections.join('\n\n'), 'markdown'));
  return files;
}

function checkSections(results: readonly StoredResult[]): void {
  const headings = new Set(Object.values(AREAS).map(anchorOf));
  for (const { name, area, title } of results) {
    if (!Object.hasOwn(AREAS, area)) {
      throw new Error(`${name} belongs to "${area}", which is no section of docs/performance.md.`);
    }
    if (headings.has(anchorOf(title))) {
      throw new Error(`${name} has the title "${title}", which docs/performance.md has already.`);
    }
    headings.add(anchorOf(title));
  }
}

async function formatFile(text: string, parser: 'json' | 'markdown'): Promise<string> {
  const options = JSON.parse(readFileSync(join(repositoryRoot, '.prettierrc'), 'utf8')) as Options;
  return format(text, { ...options, parser, plugins: [babel, estree, markdown] });
}
