import { acquireDataDirectory, databaseFile, requireArtifacts } from '../storage/data-directory.ts';
import { openStorage, type StorageOptions } from '../storage/open-storage.ts';
import { setAsideDamagedDatabase } from '../storage/sqlite/set-aside-damaged-database.ts';
import { rebuildIndex, type Rebuild } from './rebuild-index.ts';

export interface StorageRebuild extends Rebuild {
  /** Where the damaged index is now; null when it was well or absent, or is no file. */
  damagedIndex: string | null;
}

/**
 * Makes an index again from the blobs that it belongs to.
 *
 * @param now - Milliseconds since 1970.
 * @throws LarderError `LARDER_SERVER_DATA_LOCKED` while a server holds the data folder,
 * `LARDER_SERVER_DATA_UNUSABLE`, `LARDER_SERVER_INDEX_INCOMPATIBLE`, `LARDER_SERVER_INDEX_MISSING` when
 * it belongs to others, `LARDER_SERVER_STORAGE_FAILED`.
 */
export async function rebuildStorage(
  options: StorageOptions,
  now: () => number = Date.now,
): Promise<StorageRebuild> {
  if (options.s3 === null) requireArtifacts(options.dataDirectory);
  const damagedIndex =
    options.databaseUrl === '' ? await setAsideDamagedIndex(options.dataDirectory) : null;
  const storage = await openStorage(options, 'rebuild');
  try {
    const { blobs, metadata, areBlobsShared } = storage;
    const parts = { blobs, index: metadata.artifacts, areBlobsShared, now };
    return { damagedIndex, ...(await rebuildIndex(parts)) };
  } finally {
    await storage.close();
  }
}

async function setAsideDamagedIndex(directory: string): Promise<string | null> {
  const data = await acquireDataDirectory(directory);
  try {
    return setAsideDamagedDatabase(databaseFile(data.path));
  } finally {
    data.release();
  }
}
