import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file of the page, as it is sent. */
export interface PageFile {
  bytes: Buffer;
  type: string;
  /** A strong validator, with its quotation marks. */
  etag: string;
}

/** From `src` as well as from `dist`. */
const PACKAGE_FOLDER = join(__dirname, '..', '..');

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const CHART_LIBRARY_FILES = ['uPlot.iife.min.js', 'uPlot.min.css'];

/**
 * Reads all files of the page into memory, by name: what is not in this table cannot be asked for.
 *
 * @throws when the package is incomplete.
 */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const chartLibrary = join(dirname(require.resolve('uplot/package.json')), 'dist');
  const folders = [join(PACKAGE_FOLDER, 'page', 'static'), join(PACKAGE_FOLDER, 'dist', 'page')];
  const paths = CHART_LIBRARY_FILES.map((name) => join(chartLibrary, name));
  for (const folder of folders) {
    paths.push(...(await readdir(folder)).map((name) => join(folder, name)));
  }
  const files = new Map<string, PageFile>();
  for (const path of paths) {
    const name = basename(path);
    const type = name.endsWith('.d.ts') ? undefined : TYPES[name.split('.').at(-1) ?? ''];
    if (type === undefined) continue;
    const bytes = await readFile(path);
    const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    files.set(name, { bytes, type, etag });
  }
  return files;
}
