import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const TOP_LEVEL_FILES = new Set(['package.json', 'README.md', 'LICENSE']);

/** The files of a built package that a user gets, relative to its folder and in a fixed order. */
export async function listPublishedFiles(packageFolder: string): Promise<string[]> {
  const dist = join(packageFolder, 'dist');
  const topLevel = (await readdir(packageFolder)).filter((name) => TOP_LEVEL_FILES.has(name));
  const built = (await readdir(dist, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tsbuildinfo'))
    .map((entry) => relative(packageFolder, join(entry.parentPath, entry.name)));
  if (built.length === 0) throw new Error(`${dist} is empty: build the packages first.`);
  return [...topLevel, ...built].map((file) => file.split(sep).join('/')).sort();
}
