import { lstat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { ArchiveThread, Unpacking } from '../../archive/archive-thread.ts';
import { corrupt } from '../../archive/archive-error.ts';
import type { ArchivePart } from '../../archive/part-writer.ts';
import { removeTree } from '../../archive/remove-tree.ts';
import type { UnpackResult } from '../../archive/unpack-archive.ts';
import {
  commitFileOf,
  type RequiredEntryPart,
  requiredEntryParts,
  type TaskResult,
} from '../../nx-facts/cache-entry.ts';
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
    const unpacked = await unpackReceived(folder, options);
    if (unpacked === null) return null;
    await checkParts(folder, taskHash);
    await writeFile(commitFileOf(folder), 'true');
    return { sizeBytes: unpacked.sizeBytes, result: null };
  }
  const unpacked = await unpackReceived(folder, options, {
    folder: 'outputs',
    texts: requiredEntryParts,
  });
  if (unpacked === null) return null;
  const { code, terminalOutput } = unpacked.texts as Record<RequiredEntryPart, string>;
  if (code.trim() === '' || !Number.isInteger(Number(code))) {
    removeTree(folder);
    throw corrupt(`that of ${taskHash} holds no exit code`);
  }
  return { sizeBytes: unpacked.sizeBytes, result: { code: Number(code), terminalOutput } };
}

/** Null when there is no artifact. */
async function unpackReceived(
  folder: string,
  { archive, signal, receive }: RestoreOptions,
  part?: ArchivePart,
): Promise<UnpackResult | null> {
  let unpacking: Unpacking | null = null;
  const open = () => {
    unpacking = archive.unpack({ folder, signal, ...(part && { part }) });
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
  return (await last()) ?? null;
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
