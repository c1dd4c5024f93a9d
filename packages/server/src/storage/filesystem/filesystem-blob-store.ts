// Layout: `blobs/<first two digits>/<name>` for what is complete, `uploads/<name>` for what is not,
// `quarantine/<name>` for what was found damaged. A file is an artifact and its trailer.
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrnoCode } from '../../errors/has-errno-code.ts';
import { BLOB_NAME_PATTERN, type BlobStore } from '../blob-store.ts';
import { storageFailed } from '../storage-failed.ts';
import { readArtifactSize, readBlobDescription, writeBlobFile } from './blob-file.ts';
import { FileReadStream } from './file-read-stream.ts';

const FOLDER_MODE = 0o700;
const SHARD_LENGTH = 2;

/** Creates a {@link BlobStore} of plain files below `directory`, which must exist. */
export async function createFilesystemBlobStore(directory: string): Promise<BlobStore> {
  const blobs = join(directory, 'blobs');
  const uploads = join(directory, 'uploads');
  const quarantine = join(directory, 'quarantine');
  await mkdir(blobs, { recursive: true, mode: FOLDER_MODE });
  await mkdir(uploads, { recursive: true, mode: FOLDER_MODE });

  const shardOf = (name: string) => join(blobs, name.slice(0, SHARD_LENGTH));
  const pathOf = (name: string) => join(shardOf(name), checkedName(name));

  return {
    async write(name, source, { sizeBytes, description, signal }) {
      const path = pathOf(name);
      const temporary = join(uploads, name);
      try {
        const written = await writeBlobFile(temporary, source, {
          name,
          sizeBytes,
          description,
          signal,
        });
        await mkdir(shardOf(name), { recursive: true, mode: FOLDER_MODE });
        await rename(temporary, path);
        return written;
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
        const sizeBytes = await readArtifactSize(file, name);
        return { sizeBytes, stream: new FileReadStream(file, { sizeBytes, signal }) };
      } catch (error) {
        await file?.close();
        if (hasErrnoCode(error, 'ENOENT')) return null;
        throw storageFailed('Opening an artifact', error);
      }
    },

    async stat(name) {
      const path = pathOf(name);
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

/** Null when there is no such file. */
async function looking<T>(path: string, look: (file: FileHandle) => Promise<T>): Promise<T | null> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await look(file);
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return null;
    throw storageFailed('Looking at an artifact', error);
  } finally {
    await file?.close();
  }
}

/** Names are made up by this server; this is the last line that keeps anything else off the disk. */
function checkedName(name: string): string {
  if (!BLOB_NAME_PATTERN.test(name))
    throw new TypeError(`Not a blob name: ${JSON.stringify(name)}`);
  return name;
}
