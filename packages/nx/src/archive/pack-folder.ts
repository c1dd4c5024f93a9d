import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, type BrotliCompress } from 'node:zlib';
import { pack as createTar } from '../../vendor/tar-stream/index.js';
import { addEntries } from './add-entries.ts';
import { asArchiveError, tooLarge } from './archive-error.ts';
import { defaultArchiveLimits, type ArchiveLimits } from './archive-limits.ts';
import { ChunkCoalescer } from './chunk-coalescer.ts';
import { partialPath } from './partial-path.ts';
import { walkFolder, type TopEntry } from './walk-folder.ts';
import { writeFully } from './write-fully.ts';

/** `dense` costs up to twice the CPU of `quick` and gives a tenth to a fifth fewer bytes. */
export type Compression = 'quick' | 'dense';

export interface PackRequest {
  readonly folder: string;
  /** What is packed; entries of `folder` that do not exist are skipped. */
  readonly entries: readonly TopEntry[];
  /** The archive. Replaced when it exists; appears only when it is complete. */
  readonly file: string;
  /**
   * When the folder was complete, in milliseconds since the epoch by the clock of its file system.
   * Packing fails when an entry has come or gone since: somebody may be removing the folder.
   */
  readonly completeAtMs?: number;
  /** Default: `quick`. */
  readonly compression?: Compression;
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
}

export interface PackResult {
  /** Bytes of the archive. */
  readonly sizeBytes: number;
  /** Bytes of all files' contents. */
  readonly unpackedBytes: number;
  /** Files, folders and links. */
  readonly entryCount: number;
}

const tarBufferBytes = 1024 ** 2;
const compressorInputBytes = 1024 ** 2;
const compressorOutputBytes = 256 * 1024;

/**
 * Writes a tar archive, compressed with brotli, of entries of a folder. Equal trees give
 * equal bytes for the same compression: entries are sorted, times and owners are zero, modes cut to
 * the permission bits.
 * Blocks its thread while it reads and writes files: meant for a worker thread.
 *
 * Formats: pax interchange format (POSIX.1-2001), brotli (RFC 7932).
 *
 * @throws LarderError `LARDER_ARCHIVE_…`, or the signal's reason when that is aborted. Nothing is
 * left behind then.
 */
export async function packFolder(request: PackRequest): Promise<PackResult> {
  const { signal } = request;
  signal?.throwIfAborted();
  const partial = partialPath(request.file);
  try {
    const result = await writeArchive(request, partial);
    renameSync(partial, request.file);
    return result;
  } catch (error) {
    rmSync(partial, { force: true });
    signal?.throwIfAborted();
    throw asArchiveError(error, `pack ${request.folder}`);
  }
}

async function writeArchive(
  {
    folder,
    entries,
    completeAtMs,
    signal,
    compression = 'quick',
    limits = defaultArchiveLimits,
  }: PackRequest,
  partial: string,
): Promise<PackResult> {
  const descriptor = openSync(partial, 'wx', 0o600);
  try {
    let sizeBytes = 0;
    const writeFailures: unknown[] = [];
    const tar = createTar({ highWaterMark: tarBufferBytes });
    const coalescer = new ChunkCoalescer(compressorInputBytes);
    const compressing = pipeline(
      tar,
      coalescer,
      createCompressor(compression),
      async (compressed: AsyncIterable<Buffer>) => {
        for await (const chunk of compressed) {
          try {
            writeFully(descriptor, chunk);
          } catch (error) {
            writeFailures.push(error);
            throw error;
          }
          sizeBytes += chunk.length;
        }
      },
      signal ? { signal } : {},
    );
    const listing = walkFolder(folder, { entries, completeAtMs, limits });
    const adding = addEntries(tar, listing, limits);
    adding.catch((error: unknown) => {
      tar.destroy(error as Error);
    });

    // When one side fails it takes the other down; the pipeline then has the error of the first.
    await Promise.allSettled([compressing, adding]);
    // Of a failed write the pipeline only says that it was aborted: the compressor ends first.
    for (const failure of writeFailures) throw failure;
    await compressing;
    const added = await adding;
    if (coalescer.totalBytes > limits.maxTarBytes) {
      throw tooLarge(`more than ${limits.maxTarBytes} bytes`);
    }
    return { sizeBytes, ...added };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Brotli's qualities. 1 costs half of what gzip does, and every supported Node can read it; 3 costs
 * hardly more than 2, and 4 a good deal more than 3.
 */
const qualities = { quick: 1, dense: 3 } as const satisfies Record<Compression, number>;

/** The window is the format's usual one, 4 MiB: a larger one gains 0.1 %, a smaller one no time. */
function createCompressor(compression: Compression): BrotliCompress {
  return createBrotliCompress({
    chunkSize: compressorOutputBytes,
    params: {
      [constants.BROTLI_PARAM_QUALITY]: qualities[compression],
      [constants.BROTLI_PARAM_LGWIN]: 22,
    },
  });
}
