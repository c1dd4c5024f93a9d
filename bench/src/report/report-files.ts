import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '@larder/e2e/repository';
import { type StoredResult } from '../runner/run-bench.ts';
import { type PageFiles } from './page.ts';

export const docsFolder = join(repositoryRoot, 'docs');

/** Holds what the page stands on and its plots, and nothing else. */
const pageFolder = 'performance';

export function readKeptResults(): Promise<StoredResult[]> {
  return readResults(join(docsFolder, pageFolder)) as Promise<StoredResult[]>;
}

/** Whatever the folder holds, by name; nothing when there is no such folder. */
export async function readResults(folder: string): Promise<Partial<StoredResult>[]> {
  const names = (await listFiles(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(
      async (name) =>
        JSON.parse(await readFile(join(folder, name), 'utf8')) as Partial<StoredResult>,
    ),
  );
}

/** Text of each generated file that is there, by its path below `docs/`. */
export async function readPage(): Promise<Map<string, string>> {
  const names = (await listFiles(join(docsFolder, pageFolder))).map((name) =>
    [pageFolder, name].join('/'),
  );
  const files = new Map<string, string>();
  for (const name of [...names, 'performance.md']) {
    files.set(name, await readFile(join(docsFolder, name), 'utf8'));
  }
  return files;
}

/** Removes what is no part of the page any more. */
export async function writePage(files: PageFiles): Promise<void> {
  for (const [name, text] of files) {
    const file = join(docsFolder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  for (const name of (await readPage()).keys()) {
    if (!files.has(name)) await rm(join(docsFolder, name));
  }
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
