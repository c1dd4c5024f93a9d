import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { ArchiveThread, Unpacking } from '../../archive/archive-thread.ts';
import { corrupt } from '../../archive/archive-error.ts';
import { partialPath } from '../../archive/partial-path.ts';
import { commitFileOf, requiredEntryParts, type TaskResult } from '../../nx-facts/cache-entry.ts';
import type { RestoreTarget } from '../protocol/worker-messages.ts';

export interface RestoreOptions {
  readonly archive: ArchiveThread;
  readonly taskHash: string;
  readonly target: RestoreTarget;
  readonly signal: AbortSignal;
  /**
   * Writes the artifact to what `open` gives, and ends that only when all of it is verified. Resolves
   * then, or with false when there is none.
   */
  readonly receive: (open: () => Writable) => Promise<boolean>;
}

export interface Restored {
  /** Bytes of the artifact. */
  readonly sizeBytes: number;
  /** What the folder does not hold; null for the layout `parts`, where it holds everything. */
  readonly result: TaskResult | null;
}

/**
 * Recreates an entry of Nx's cache from an artifact while that arrives, or throws and leaves
 * something that Nx takes for no entry. Null when there is no artifact.
 */
export async function restoreEntry(options: RestoreOptions): Promise<Restored | null> {
  const { taskHash, target } = options;
  const folder = join(target.cacheDirectory, taskHash);
  if (target.layout === 'parts') {
    const sizeBytes = await unpackReceived(folder, options);
    if (sizeBytes === null) return null;
    await checkParts(folder, taskHash);
    await writeFile(commitFileOf(folder), 'true');
    return { sizeBytes, result: null };
  }
  const parts = partialPath(folder);
  try {
    const sizeBytes = await unpackReceived(parts, options);
    if (sizeBytes === null) return null;
    await checkParts(parts, taskHash);
    const result = await readResult(parts, taskHash);
    await moveOutputs(join(parts, 'outputs'), folder);
    return { sizeBytes, result };
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
}

/** @returns the size of the artifact. */
async function unpackReceived(
  folder: string,
  { archive, signal, receive }: RestoreOptions,
): Promise<number | null> {
  let unpacking: Unpacking | null = null;
  const open = () => {
    unpacking = archive.unpack({ folder, signal });
    return unpacking.input;
  };
  const last = () => unpacking?.result;
  try {
    if (!(await receive(open))) return null;
  } catch (error) {
    // Nothing of the attempt is left then.
    await last()?.catch(() => undefined);
    throw error;
  }
  return (await last())?.sizeBytes ?? null;
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
