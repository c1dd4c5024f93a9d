import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const TOP_LEVEL_FILES = new Set([
  'package.json',
  'generators.json',
  'migrations.json',
  'README.md',
  'LICENSE',
]);

/** The files of a built package that a user gets, relative to its folder and in a fixed order. */
export async function listPublishedFiles(packageFolder: string): Promise<string[]> {
  const topLevel = (await readdir(packageFolder)).filter((name) => TOP_LEVEL_FILES.has(name));
  const built = await listFolder(packageFolder, 'dist');
  if (built.length === 0) throw new Error(`${packageFolder} is not built: build it first.`);
  const others = await Promise.all(
    ['generators', 'vendor', join('page', 'static')].map((name) =>
      listFolder(packageFolder, name).catch(() => []),
    ),
  );
  return [...topLevel, ...built, ...others.flat()].map((file) => file.split(sep).join('/')).sort();
}

async function listFolder(packageFolder: string, name: string): Promise<string[]> {
  const entries = await readdir(join(packageFolder, name), {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tsbuildinfo'))
    .map((entry) => relative(packageFolder, join(entry.parentPath, entry.name)));
}
