import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isLarderError } from '../errors/larder-error.ts';
import {
  acquireDataDirectory,
  databaseFile,
  dataUnusable,
  type DataDirectory,
} from '../storage/data-directory.ts';
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
 * @throws LarderError `LARDER_SERVER_DATA_UNUSABLE`, `LARDER_SERVER_INDEX_INCOMPATIBLE`, and what
 * `work` throws.
 */
export async function withDataDirectory<T>(
  directory: string,
  work: (data: OpenData) => Promise<T>,
): Promise<T> {
  const own = await acquireUnlessServed(directory);
  const path = resolve(directory);
  try {
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
  const file = databaseFile(resolve(directory));
  await access(file).catch((cause: unknown) => {
    throw dataUnusable(resolve(directory), cause);
  });
  return withDataDirectory(directory, work);
}

async function acquireUnlessServed(directory: string): Promise<DataDirectory | null> {
  try {
    return await acquireDataDirectory(directory);
  } catch (error) {
    if (isLarderError(error) && error.code === 'LARDER_SERVER_DATA_LOCKED') return null;
    throw error;
  }
}
