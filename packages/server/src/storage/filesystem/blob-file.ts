// One file of the store: the bytes of an artifact and its trailer.
import type { BlobDescription, DescribedBlob, WrittenBlob } from '../blob-store.ts';
import { createSourceCheck } from '../source-check.ts';
import { FOOTER_BYTES, formatTrailer, parseDescription, parseFooter } from './blob-trailer.ts';
import type { BufferPool } from './buffer-pool.ts';
import { closeFile, openFile, readAt, readFileSize, syncData } from './descriptor.ts';
import { createFileOutput } from './file-output.ts';

const FILE_MODE = 0o600;

/** What the trailer of a file says. */
interface TrailerContent {
  sizeBytes: number;
  sha256: string;
  description: BlobDescription;
}

/**
 * Writes and digests at once. The file is complete and on disk when this returns.
 *
 * @throws LarderError `LARDER_SERVER_UPLOAD_LENGTH_WRONG`
 */
export async function writeBlobFile(
  path: string,
  source: AsyncIterable<Uint8Array>,
  options: {
    name: string;
    sizeBytes: number;
    description: BlobDescription;
    signal: AbortSignal | undefined;
    pool: BufferPool;
  },
): Promise<WrittenBlob> {
  const { name, sizeBytes, description, signal, pool } = options;
  signal?.throwIfAborted();
  const check = createSourceCheck(sizeBytes);
  const file = await openFile(path, 'wx', FILE_MODE);
  const output = createFileOutput(file, { sizeBytes, pool });
  try {
    for await (const chunk of source) {
      signal?.throwIfAborted();
      check.add(chunk);
      await output.append(chunk);
    }
    signal?.throwIfAborted();
    const sha256 = check.end();
    const content: TrailerContent = { sizeBytes, sha256, description };
    const trailer = formatTrailer(name, content);
    await output.append(trailer);
    await output.end();
    // After a power cut a renamed but never synced file could have the right length and wrong
    // bytes. The folder needs no sync: a blob that is lost as a whole is only a miss.
    await syncData(file);
    return { sizeBytes, sha256, storedBytes: sizeBytes + trailer.length };
  } finally {
    await output.settle();
    await closeFile(file);
  }
}

/** How many of the bytes of a file are the artifact: all when there is no trailer. */
export async function readArtifactSize(file: number, name: string): Promise<number> {
  return (await findEnd(file, name)).sizeBytes;
}

/** Null without a trailer that is whole. */
export async function readBlobDescription(
  file: number,
  name: string,
): Promise<DescribedBlob | null> {
  const { fileBytes, footer } = await findEnd(file, name);
  if (footer === null) return null;
  const bytes = await readAt(file, footer.sizeBytes, footer.descriptionBytes);
  const described = parseDescription(bytes, footer) as TrailerContent | null;
  if (described?.sizeBytes !== footer.sizeBytes) return null;
  return { ...described, storedBytes: fileBytes };
}

async function findEnd(file: number, name: string) {
  const fileBytes = await readFileSize(file);
  const bytes = await readAt(file, Math.max(0, fileBytes - FOOTER_BYTES), FOOTER_BYTES);
  const footer = parseFooter(bytes, { name, fileBytes });
  return { fileBytes, footer, sizeBytes: footer?.sizeBytes ?? fileBytes };
}
