// Layout: `blobs/<first two digits>/<name>` for what is complete, `uploads/<name>` for what is not,
// `quarantine/<name>` for what was found damaged. A file is an artifact and its trailer.
import { statSync } from 'node:fs';
import { access, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrnoCode } from '../../errors/has-errno-code.ts';
import {
  BLOB_NAME_PATTERN,
  checkedBlobName,
  type BlobStore,
  type ExpectedBlob,
} from '../blob-store.ts';
import { storageFailed } from '../storage-failed.ts';
import { readArtifactSize, readBlobDescription, writeBlobFile } from './blob-file.ts';
import { createBufferPool } from './buffer-pool.ts';
import { closeFile, openFile, readAt, readFileSize } from './descriptor.ts';
import { FileReadStream } from './file-read-stream.ts';

const FOLDER_MODE = 0o700;
const SHARD_LENGTH = 2;
const USABLE = constants.R_OK | constants.W_OK | constants.X_OK;

/** Creates a {@link BlobStore} of plain files below `directory`, which must exist. */
export async function createFilesystemBlobStore(directory: string): Promise<BlobStore> {
  const blobs = join(directory, 'blobs');
  const uploads = join(directory, 'uploads');
  const quarantine = join(directory, 'quarantine');
  await mkdir(blobs, { recursive: true, mode: FOLDER_MODE });
  await mkdir(uploads, { recursive: true, mode: FOLDER_MODE });

  const pool = createBufferPool();

  const shardOf = (name: string) => join(blobs, name.slice(0, SHARD_LENGTH));
  const pathOf = (name: string) => join(shardOf(name), checkedBlobName(name));

  /** Only the first blob of a folder has to make it. */
  async function moveToShard(temporary: string, name: string): Promise<void> {
    try {
      await rename(temporary, pathOf(name));
    } catch (error) {
      if (!hasErrnoCode(error, 'ENOENT')) throw error;
      await mkdir(shardOf(name), { recursive: true, mode: FOLDER_MODE });
      await rename(temporary, pathOf(name));
    }
  }

  return {
    isLossCertain: true,
    link: null,

    async write(name, source, { sizeBytes, description, signal }) {
      checkedBlobName(name);
      const temporary = join(uploads, name);
      try {
        const written = await writeBlobFile(temporary, source, {
          name,
          sizeBytes,
          description,
          signal,
          pool,
        });
        await moveToShard(temporary, name);
        return written;
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {
          // What stays is removed at the next start; the first error is the one to report.
        });
        if (signal?.aborted === true) throw error;
        throw storageFailed('Writing an artifact', error);
      }
    },

    async read(name, { expected, signal } = {}) {
      const path = pathOf(name);
      signal?.throwIfAborted();
      let file: number | undefined;
      try {
        file = await openFile(path, 'r');
        const isAsExpected = (await readFileSize(file)) === expected?.storedBytes;
        const sizeBytes = isAsExpected ? expected.sizeBytes : await readArtifactSize(file, name);
        return { sizeBytes, stream: new FileReadStream(file, { sizeBytes, signal, pool }) };
      } catch (error) {
        if (file !== undefined) await closeFile(file);
        if (hasErrnoCode(error, 'ENOENT')) return null;
        throw storageFailed('Opening an artifact', error);
      }
    },

    async readSmall(name, { sizeBytes, storedBytes }) {
      // Beyond its end a longer file shows that it is one.
      const bytes = await looking(pathOf(name), (file) => readAt(file, 0, storedBytes + 1));
      return bytes?.length === storedBytes ? bytes.subarray(0, sizeBytes) : null;
    },

    async stat(name, expected) {
      const path = pathOf(name);
      if (expected !== undefined && hasExpectedSize(path, expected)) {
        return { sizeBytes: expected.sizeBytes };
      }
      return looking(path, async (file) => ({ sizeBytes: await readArtifactSize(file, name) }));
    },

    async describe(name) {
      const path = pathOf(name);
      return looking(path, (file) => readBlobDescription(file, name));
    },

    async remove(name) {
      try {
        await rm(pathOf(name), { force: true });
      } catch (error) {
        throw storageFailed('Removing an artifact', error);
      }
    },

    async quarantine(name) {
      const path = pathOf(name);
      try {
        await mkdir(quarantine, { recursive: true, mode: FOLDER_MODE });
        await rename(path, join(quarantine, name));
      } catch (error) {
        if (hasErrnoCode(error, 'ENOENT')) return;
        throw storageFailed('Moving an artifact to the quarantine', error);
      }
    },

    async list(prefix, { writtenBeforeMs } = {}) {
      try {
        const all = await readdir(shardOf(prefix));
        const names = all.filter((name) => name.startsWith(prefix) && BLOB_NAME_PATTERN.test(name));
        if (writtenBeforeMs === undefined) return names;
        const isOld = await Promise.all(
          names.map((name) => isWrittenBefore(pathOf(name), writtenBeforeMs)),
        );
        return names.filter((_name, number) => isOld[number]);
      } catch (error) {
        if (hasErrnoCode(error, 'ENOENT')) return [];
        throw storageFailed('Listing artifacts', error);
      }
    },

    async check() {
      try {
        await Promise.all([blobs, uploads].map((folder) => access(folder, USABLE)));
      } catch (error) {
        throw storageFailed('Looking for the artifacts', error);
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

/**
 * Asked without giving the turn to others, which would cost four times as much: the index, on the same
 * disk, has just been asked in the same way.
 */
function hasExpectedSize(path: string, { storedBytes }: ExpectedBlob): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size === storedBytes;
  } catch (error) {
    throw storageFailed('Looking at an artifact', error);
  }
}

/** False for a file that is gone. */
async function isWrittenBefore(path: string, ms: number): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < ms;
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Null when there is no such file. */
async function looking<T>(path: string, look: (file: number) => Promise<T>): Promise<T | null> {
  let file: number | undefined;
  try {
    file = await openFile(path, 'r');
    return await look(file);
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return null;
    throw storageFailed('Looking at an artifact', error);
  } finally {
    if (file !== undefined) await closeFile(file);
  }
}
