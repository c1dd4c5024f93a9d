// Layout: `blobs/<first two digits>/<name>` for what is complete, `uploads/<name>` for what is not.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrnoCode } from '../../errors/has-errno-code.ts';
import { LarderError } from '../../errors/larder-error.ts';
import { BLOB_NAME_PATTERN, type BlobStore, type WrittenBlob } from '../blob-store.ts';
import { storageFailed } from '../storage-failed.ts';
import { FileReadStream } from './file-read-stream.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const SHARD_LENGTH = 2;

/** Creates a {@link BlobStore} of plain files below `directory`, which must exist. */
export async function createFilesystemBlobStore(directory: string): Promise<BlobStore> {
  const blobs = join(directory, 'blobs');
  const uploads = join(directory, 'uploads');
  await mkdir(blobs, { recursive: true, mode: FOLDER_MODE });
  await mkdir(uploads, { recursive: true, mode: FOLDER_MODE });

  const shardOf = (name: string) => join(blobs, name.slice(0, SHARD_LENGTH));
  const pathOf = (name: string) => join(shardOf(name), checkedName(name));

  return {
    async write(name, source, { sizeBytes, signal }) {
      const path = pathOf(name);
      const temporary = join(uploads, name);
      try {
        const sha256 = await writeFileFrom(source, { path: temporary, sizeBytes, signal });
        await mkdir(shardOf(name), { recursive: true, mode: FOLDER_MODE });
        await rename(temporary, path);
        return { sizeBytes, sha256 } satisfies WrittenBlob;
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {
          // What stays is removed at the next start; the first error is the one to report.
        });
        if (signal?.aborted === true) throw error;
        throw storageFailed('Writing an artifact', error);
      }
    },

    async read(name, { signal } = {}) {
      const path = pathOf(name);
      signal?.throwIfAborted();
      let file: FileHandle | undefined;
      try {
        file = await open(path, 'r');
        const { size } = await file.stat();
        return { sizeBytes: size, stream: new FileReadStream(file, { sizeBytes: size, signal }) };
      } catch (error) {
        await file?.close();
        if (hasErrnoCode(error, 'ENOENT')) return null;
        throw storageFailed('Opening an artifact', error);
      }
    },

    async stat(name) {
      try {
        return { sizeBytes: (await stat(pathOf(name))).size };
      } catch (error) {
        if (hasErrnoCode(error, 'ENOENT')) return null;
        throw storageFailed('Looking at an artifact', error);
      }
    },

    async remove(name) {
      try {
        await rm(pathOf(name), { force: true });
      } catch (error) {
        throw storageFailed('Removing an artifact', error);
      }
    },

    async list(prefix) {
      try {
        const names = await readdir(shardOf(prefix));
        return names.filter((name) => name.startsWith(prefix) && BLOB_NAME_PATTERN.test(name));
      } catch (error) {
        if (hasErrnoCode(error, 'ENOENT')) return [];
        throw storageFailed('Listing artifacts', error);
      }
    },

    async removeLeftovers() {
      try {
        const names = await readdir(uploads);
        await Promise.all(names.map((name) => rm(join(uploads, name), { force: true })));
      } catch (error) {
        throw storageFailed('Removing unfinished uploads', error);
      }
    },
  };
}

/** Writes and digests at once. The file is complete and on disk when this returns its SHA-256. */
async function writeFileFrom(
  source: AsyncIterable<Uint8Array>,
  options: { path: string; sizeBytes: number; signal: AbortSignal | undefined },
): Promise<string> {
  const { path, sizeBytes, signal } = options;
  signal?.throwIfAborted();
  const hash = createHash('sha256');
  const file = await open(path, 'wx', FILE_MODE);
  try {
    let writtenBytes = 0;
    for await (const chunk of source) {
      signal?.throwIfAborted();
      writtenBytes += chunk.byteLength;
      if (writtenBytes > sizeBytes) throw lengthWrong('longer', sizeBytes);
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    signal?.throwIfAborted();
    if (writtenBytes < sizeBytes) throw lengthWrong('shorter', sizeBytes);
    // After a power cut a renamed but never synced file could have the right length and wrong
    // bytes. The folder needs no sync: a blob that is lost as a whole is only a miss.
    await file.datasync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < chunk.byteLength) {
    const { bytesWritten } = await file.write(chunk, offset);
    offset += bytesWritten;
  }
}

function lengthWrong(how: 'shorter' | 'longer', sizeBytes: number): LarderError {
  return new LarderError(
    'LARDER_SERVER_UPLOAD_LENGTH_WRONG',
    `The body is ${how} than the ${sizeBytes} bytes that Content-Length announced.`,
    { hint: 'Send the whole artifact again.' },
  );
}

/** Names are made up by this server; this is the last line that keeps anything else off the disk. */
function checkedName(name: string): string {
  if (!BLOB_NAME_PATTERN.test(name))
    throw new TypeError(`Not a blob name: ${JSON.stringify(name)}`);
  return name;
}
