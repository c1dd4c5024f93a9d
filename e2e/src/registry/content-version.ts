import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { listPublishedFiles } from './published-files.ts';

/**
 * The version that the packages in the given folders are published under: the same as long as not
 * one published byte changes, so that installations can be kept between runs.
 */
export async function contentVersion(packageFolders: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const folder of packageFolders) {
    for (const file of await listPublishedFiles(folder)) {
      const content = await readFile(join(folder, file));
      digest.update(`${file}\n${content.length}\n`).update(content);
    }
  }
  // The letter keeps an all-digit digest from being a number with leading zeros, which semver forbids.
  return `0.1.0-e2e.h${digest.digest('hex').slice(0, 16)}`;
}
