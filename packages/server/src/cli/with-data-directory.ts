import { resolve } from 'node:path';
import { isLarderError } from '../errors/larder-error.ts';
import {
  acquireDataDirectory,
  databaseFile,
  requireDataDirectory,
  requireIndexOf,
  type DataDirectory,
} from '../storage/data-directory.ts';
import { createFilesystemBlobStore } from '../storage/filesystem/filesystem-blob-store.ts';
import type { MetadataStore } from '../storage/metadata-store.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';

/** A data folder that a command works on, whether a server uses it or not. */
export interface OpenData {
  /** Absolute. */
  path: string;
  metadata: MetadataStore;
}

/**
 * Works on a data folder, beside the server that uses it if there is one, and leaves it closed.
 *
 * @throws LarderError `LARDER_SERVER_DATA_UNUSABLE`, `LARDER_SERVER_INDEX_MISSING`,
 * `LARDER_SERVER_INDEX_INCOMPATIBLE`, and what
 * `work` throws.
 */
export async function withDataDirectory<T>(
  directory: string,
  work: (data: OpenData) => Promise<T>,
): Promise<T> {
  const own = await acquireUnlessServed(directory);
  const path = resolve(directory);
  try {
    await requireIndexOf(path, await createFilesystemBlobStore(path));
    const metadata = await openSqliteStore(databaseFile(path), { isShared: own === null });
    try {
      return await work({ path, metadata });
    } finally {
      await metadata.close();
    }
  } finally {
    own?.release();
  }
}

/** As {@link withDataDirectory}, for what is of no use in a folder that is not there. */
export async function withExistingData<T>(
  directory: string,
  work: (data: OpenData) => Promise<T>,
): Promise<T> {
  requireDataDirectory(directory);
  return withDataDirectory(directory, work);
}

/**
 * As {@link withExistingData}, but a server may start meanwhile: for what takes long and can work
 * beside one.
 */
export async function withSharedData<T>(
  directory: string,
  work: (data: OpenData) => Promise<T>,
): Promise<T> {
  // Where no server is, nobody else would bring the tables up to date.
  await withExistingData(directory, () => Promise.resolve());
  const path = resolve(directory);
  const metadata = await openSqliteStore(databaseFile(path), { isShared: true });
  try {
    return await work({ path, metadata });
  } finally {
    await metadata.close();
  }
}

async function acquireUnlessServed(directory: string): Promise<DataDirectory | null> {
  try {
    return await acquireDataDirectory(directory);
  } catch (error) {
    if (isLarderError(error) && error.code === 'LARDER_SERVER_DATA_LOCKED') return null;
    throw error;
  }
}
