// Trees to be packed, made of the files of the packages that this repository has installed, which the
// lock file pins: the same files in the same places on every clone.
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '@larder/e2e/repository';

export interface Tree {
  readonly name: string;
  /** Its content is below `outputs`, as in an entry of Nx's cache. */
  readonly folder: string;
}

export interface TreeShape {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

export const SMALL_FILES: TreeShape = { name: '2,000 files, 30 MB', files: 2_000, bytes: 30e6 };
export const TINY_FILES: TreeShape = { name: '20,000 files, 40 MB', files: 20_000, bytes: 40e6 };
export const LARGE_FILES: TreeShape = { name: '40 files, 131 MB', files: 40, bytes: 131e6 };

const BUILT_FILE = /\.(?:[cm]?[jt]s|json|css)(?:\.map)?$/;

interface SourceFile {
  /** Below `node_modules`. */
  readonly path: string;
  readonly bytes: number;
}

const sourceFolder = join(repositoryRoot, 'node_modules');
let sources: readonly SourceFile[] | null = null;

/** A tree of as many whole files as wanted, which have about as many bytes. */
export async function makeTree(shape: TreeShape, folder: string): Promise<Tree> {
  const average = shape.bytes / shape.files;
  const all = sourceFiles().filter(({ bytes }) => bytes < 10 * average);
  const below = all.filter(({ bytes }) => bytes < average).values();
  const above = all.filter(({ bytes }) => bytes >= average).values();
  let bytes = 0;
  for (let files = 0; files < shape.files; files += 1) {
    const first = bytes < average * files ? above : below;
    const file = first.next().value ?? below.next().value ?? above.next().value;
    if (file === undefined) throw new Error(`Too few files are installed for ${shape.name}.`);
    const target = join(folder, 'outputs', file.path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(sourceFolder, file.path), target);
    bytes += file.bytes;
  }
  return { name: shape.name, folder };
}

/** A tree of files that are made of many, one after the other, again from the first when they end. */
export async function makeTreeOfBundles(shape: TreeShape, folder: string): Promise<Tree> {
  await mkdir(join(folder, 'outputs'), { recursive: true });
  const all = sourceFiles();
  let next = 0;
  for (let index = 0; index < shape.files; index += 1) {
    const bundle = openSync(join(folder, 'outputs', `bundle-${index}.js`), 'wx');
    let left = shape.bytes / shape.files;
    while (left > 0) {
      const file = all[next++ % all.length];
      if (file === undefined) throw new Error('No packages are installed.');
      left -= writeSync(bundle, readFileSync(join(sourceFolder, file.path)).subarray(0, left));
    }
    closeSync(bundle);
  }
  return { name: shape.name, folder };
}

function sourceFiles(): readonly SourceFile[] {
  sources ??= listFiles('');
  return sources;
}

function listFiles(below: string): SourceFile[] {
  return readdirSync(join(sourceFolder, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(below, entry.name);
      // Names with a dot are caches; links lead to our own packages.
      if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : listFiles(path);
      if (!entry.isFile() || !BUILT_FILE.test(entry.name)) return [];
      return [{ path, bytes: statSync(join(sourceFolder, path)).size }];
    });
}
