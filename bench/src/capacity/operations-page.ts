import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@larder/e2e/repository';
import { type Options } from 'prettier';
import { format } from 'prettier/standalone';
import * as markdown from 'prettier/plugins/markdown';
import { docsFolder } from '../report/report-files.ts';

export const operationsPage = join(docsFolder, 'operations.md');

/** Parts of the page that are generated, by the name in the comments around them. */
export const SECTIONS = ['assumptions', 'capacity', 'played-days'] as const;

export type Section = (typeof SECTIONS)[number];

/**
 * Replaces a generated part of a page, formatted as all pages are.
 *
 * @throws Error when the page has no comments of that name.
 */
export async function replaceSection(
  page: string,
  section: Section,
  text: string,
): Promise<string> {
  const [from, to] = [`<!-- ${section} -->`, `<!-- end of ${section} -->`];
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`The page has no part between ${from} and ${to}.`);
  const replaced = `${page.slice(0, start + from.length)}\n\n${text}\n\n${page.slice(end)}`;
  return formatPage(replaced);
}

function formatPage(text: string): Promise<string> {
  const options = JSON.parse(readFileSync(join(repositoryRoot, '.prettierrc'), 'utf8')) as Options;
  return format(text, { ...options, parser: 'markdown', plugins: [markdown] });
}
