import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { listPublishedFiles } from './published-files.ts';

/** The part of a package.json that staging reads and rewrites. */
interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/**
 * Copies what is published of a package and gives the copy, and what it needs of its siblings,
 * another version. The original is left alone.
 */
export async function stagePackage(from: string, to: string, version: string): Promise<void> {
  for (const file of await listPublishedFiles(from)) {
    const target = join(to, file);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(from, file), target);
  }
  const manifestFile = join(to, 'package.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Manifest;
  manifest.version = version;
  for (const dependencies of [manifest.dependencies, manifest.peerDependencies]) {
    for (const name of Object.keys(dependencies ?? {})) {
      if (dependencies && name.startsWith('@larder/')) dependencies[name] = version;
    }
  }
  await writeFile(manifestFile, JSON.stringify(manifest, null, 2));
}
