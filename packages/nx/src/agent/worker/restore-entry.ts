import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveThread } from '../../archive/archive-thread.ts';
import { corrupt } from '../../archive/archive-error.ts';
import { partialPath } from '../../archive/partial-path.ts';
import { commitFileOf, requiredEntryParts, type TaskResult } from '../../nx-facts/cache-entry.ts';
import type { RestoreTarget } from '../protocol/worker-messages.ts';

export interface RestoreOptions {
  readonly archive: ArchiveThread;
  /** The artifact, verified. */
  readonly file: string;
  readonly taskHash: string;
  readonly target: RestoreTarget;
  readonly signal: AbortSignal;
}

/**
 * Recreates an entry of Nx's cache from an artifact, or throws and leaves something that Nx takes
 * for no entry.
 *
 * @returns what the folder does not hold; null for the layout `parts`, where it holds everything.
 */
export async function restoreEntry(options: RestoreOptions): Promise<TaskResult | null> {
  const { archive, file, taskHash, target, signal } = options;
  const folder = join(target.cacheDirectory, taskHash);
  if (target.layout === 'parts') {
    await archive.unpack({ file, folder, signal });
    await checkParts(folder, taskHash);
    await writeFile(commitFileOf(folder), 'true');
    return null;
  }
  const parts = partialPath(folder);
  try {
    await archive.unpack({ file, folder: parts, signal });
    await checkParts(parts, taskHash);
    const result = await readResult(parts, taskHash);
    await moveOutputs(join(parts, 'outputs'), folder);
    return result;
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
}

/** Nx fails its command over an entry without these files. */
async function checkParts(folder: string, taskHash: string): Promise<void> {
  for (const part of requiredEntryParts) {
    const stats = await lstat(join(folder, part)).catch(() => null);
    if (stats?.isFile() !== true) {
      throw corrupt(`that of ${taskHash} holds no file "${part}", so that it is no cache entry`);
    }
  }
}

async function readResult(parts: string, taskHash: string): Promise<TaskResult> {
  const code = Number(await readFile(join(parts, 'code'), 'utf8'));
  if (!Number.isInteger(code)) throw corrupt(`that of ${taskHash} holds no exit code`);
  return { code, terminalOutput: await readFile(join(parts, 'terminalOutput'), 'utf8') };
}

/** Puts the outputs, if there are any, in the place of the folder that may be there. */
async function moveOutputs(outputs: string, folder: string): Promise<void> {
  // A task without outputs has an empty folder.
  await mkdir(outputs, { recursive: true });
  const old = partialPath(folder);
  const isReplaced = await rename(folder, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(outputs, folder);
  } finally {
    if (isReplaced) await rm(old, { recursive: true, force: true });
  }
}
