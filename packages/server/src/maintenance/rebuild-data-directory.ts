import {
  acquireDataDirectory,
  databaseFile,
  requireDataDirectory,
} from '../storage/data-directory.ts';
import { createFilesystemBlobStore } from '../storage/filesystem/filesystem-blob-store.ts';
import { setAsideDamagedDatabase } from '../storage/sqlite/set-aside-damaged-database.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { rebuildIndex, type Rebuild } from './rebuild-index.ts';

export interface DataDirectoryRebuild extends Rebuild {
  /** Where the damaged index is now; null when it was well or absent. */
  damagedIndex: string | null;
}

/**
 * Makes the index of a data folder again from its files.
 *
 * @throws LarderError `LARDER_SERVER_DATA_LOCKED` while a server holds the folder,
 * `LARDER_SERVER_DATA_UNUSABLE`, `LARDER_SERVER_INDEX_INCOMPATIBLE`, `LARDER_SERVER_STORAGE_FAILED`.
 */
export async function rebuildDataDirectory(directory: string): Promise<DataDirectoryRebuild> {
  const data = await acquireDataDirectory(requireDataDirectory(directory));
  try {
    const path = databaseFile(data.path);
    const damagedIndex = setAsideDamagedDatabase(path);
    const blobs = await createFilesystemBlobStore(data.path);
    const metadata = await openSqliteStore(path, { isRepeatable: true });
    try {
      return { damagedIndex, ...(await rebuildIndex({ blobs, index: metadata.artifacts })) };
    } finally {
      await metadata.close();
    }
  } finally {
    data.release();
  }
}
