import type { OptionSource } from '../options/option-sources.ts';
import {
  openStorage,
  requireStored,
  type OpenStorage,
  type StorageOptions,
  type StorageUse,
} from '../storage/open-storage.ts';

/** Options of every command that works on what a server keeps. */
export const STORAGE_OPTION_KEYS = [
  'dataDirectory',
  's3',
  'databaseUrl',
  'databaseMaxConnections',
] as const satisfies readonly OptionSource['key'][];

/**
 * Works on what a server keeps, beside that one if there is one, and leaves it closed.
 *
 * @throws what {@link openStorage} and `work` throw.
 */
export async function withStorage<T>(
  options: StorageOptions,
  work: (storage: OpenStorage) => Promise<T>,
  use: StorageUse = 'beside',
): Promise<T> {
  const storage = await openStorage(options, use);
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}

/** As {@link withStorage}, for what is of no use in a data folder that is not there. */
export async function withExistingStorage<T>(
  options: StorageOptions,
  work: (storage: OpenStorage) => Promise<T>,
  use?: StorageUse,
): Promise<T> {
  requireStored(options);
  return withStorage(options, work, use);
}
