import { lstatSync, renameSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { isLarderError } from '@larder/client/errors';
import { asArchiveError, corrupt, isSystemError } from './archive-error.ts';
import { defaultArchiveLimits, type ArchiveLimits } from './archive-limits.ts';
import { type ArchivePart, PartWriter } from './part-writer.ts';
import { partialPath } from './partial-path.ts';
import { removeTree } from './remove-tree.ts';
import { createTarExtraction, type ExtractResult } from './tar-extraction.ts';
import { TreeWriter } from './tree-writer.ts';

export interface UnpackRequest {
  /** Its end says that it is complete and good: the folder appears only then. */
  readonly archive: Readable;
  /** Where the archive's entries go. Replaced when it exists, and only when all is well. */
  readonly folder: string;
  /** What of the archive is wanted; everything by default. */
  readonly part?: ArchivePart;
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
}

export interface UnpackResult extends ExtractResult {
  /** Bytes of the archive. */
  readonly sizeBytes: number;
  /** Those of the part that was wanted, by their names. */
  readonly texts: Readonly<Record<string, string>>;
}

const chunkBytes = 256 * 1024;

/**
 * Unpacks what `packFolder` wrote, and trusts nothing in it. The entries go to a new folder beside
 * `folder` that takes its place by a rename. Permission bits are restored whatever the umask is,
 * other mode bits never.
 * Blocks its thread while it reads and writes files: meant for a worker thread.
 *
 * @throws LarderError `LARDER_ARCHIVE_…`, or the signal's reason when that is aborted. Nothing is
 * left behind then, and an existing `folder` is as it was.
 */
export async function unpackArchive(request: UnpackRequest): Promise<UnpackResult> {
  const { folder, signal } = request;
  signal?.throwIfAborted();
  const partial = partialPath(folder);
  try {
    const result = await extractTo(partial, request);
    replaceFolder(partial, folder);
    return result;
  } catch (error) {
    removeTree(partial);
    signal?.throwIfAborted();
    throw asArchiveError(error, `unpack to ${folder}`);
  }
}

async function extractTo(
  root: string,
  { archive, part, signal, limits = defaultArchiveLimits }: UnpackRequest,
): Promise<UnpackResult> {
  const tree = new TreeWriter(root);
  try {
    const decompressor = createBrotliDecompress({ chunkSize: chunkBytes });
    const partWriter = part === undefined ? null : new PartWriter(tree, part, limits);
    const extraction = createTarExtraction(partWriter ?? tree, limits);
    let sizeBytes = 0;
    const counting = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        sizeBytes += chunk.length;
        yield chunk;
      }
    };
    await pipeline(
      archive,
      counting,
      decompressor,
      ...extraction.streams,
      signal ? { signal } : {},
    );
    // The decompressor ignores whatever follows the end of its data.
    if (decompressor.bytesWritten !== sizeBytes) {
      throw corrupt('something follows the compressed data');
    }
    const extracted = extraction.end();
    const texts = partWriter?.texts() ?? {};
    tree.finish();
    return { sizeBytes, texts, ...extracted };
  } catch (error) {
    if (isLarderError(error) || isSystemError(error)) throw error;
    // What is left has been thrown by the decompressor or the tar reader.
    throw corrupt(error instanceof Error ? error.message : String(error), error);
  } finally {
    tree.close();
  }
}

function replaceFolder(from: string, to: string): void {
  const isThere = lstatSync(to, { throwIfNoEntry: false }) !== undefined;
  if (!isThere) {
    renameSync(from, to);
    return;
  }
  const old = partialPath(to);
  renameSync(to, old);
  try {
    renameSync(from, to);
  } catch (error) {
    renameSync(old, to);
    throw error;
  }
  removeTree(old);
}
