// Puts the stores together that the options name: blobs in the data folder or on S3, everything else in
// SQLite in the data folder or in PostgreSQL.
import { join, resolve } from 'node:path';
import { isLarderError } from '../errors/larder-error.ts';
import type { ResolvedServerOptions } from '../options/server-options.ts';
import type { BlobStore } from './blob-store.ts';
import {
  acquireDataDirectory,
  databaseFile,
  dataUnusable,
  requireArtifacts,
  requireIndex,
  requireIndexOf,
} from './data-directory.ts';
import { createFilesystemBlobStore } from './filesystem/filesystem-blob-store.ts';
import { createIdentityFile } from './filesystem/identity-file.ts';
import type { MetadataStore } from './metadata-store.ts';
import type { OpenDatabaseOptions } from './sqlite/open-database.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import { adoptIndex, requirePair, type IdentifiedStore } from './store-identity.ts';

export type StorageOptions = Pick<
  ResolvedServerOptions,
  'dataDirectory' | 's3' | 'databaseUrl' | 'databaseMaxConnections'
>;

/** Everything that a server keeps. */
export interface OpenStorage {
  blobs: BlobStore;
  metadata: MetadataStore;
  /** Absolute; null where nothing is kept in a folder. */
  dataDirectory: string | null;
  /** Whether other servers may use the blobs at the same time. */
  areBlobsShared: boolean;
  close(): Promise<void>;
}

/**
 * How it is opened. `own`: for a server, which is the only one in its data folder. `beside`: for a
 * command, while a server may have it open; none can start where none is. `shared`: likewise, but one
 * can. `rebuild`: for the command that makes a lost index again.
 */
export type StorageUse = 'own' | 'beside' | 'shared' | 'rebuild';

export type StorageTroubleListener = (message: string, cause: unknown) => void;

/** Whether anything is kept in the data folder. */
export function needsDataDirectory({ s3, databaseUrl }: StorageOptions): boolean {
  return s3 === null || databaseUrl === '';
}

/**
 * Opens what the options name, creates it when absent, and takes the data folder for as long as it is
 * open, as far as one is needed and the use asks for it.
 *
 * @param onTrouble - Told of trouble that no caller hears of, such as connections that were lost.
 * @throws LarderError `LARDER_SERVER_DATA_UNUSABLE`, `LARDER_SERVER_DATA_LOCKED`,
 * `LARDER_SERVER_INDEX_INCOMPATIBLE`, `LARDER_SERVER_INDEX_MISSING`, `LARDER_SERVER_STORAGE_FAILED`.
 */
export async function openStorage(
  options: StorageOptions,
  use: StorageUse,
  onTrouble: StorageTroubleListener = () => undefined,
): Promise<OpenStorage> {
  // Where no server is, nobody else would bring the tables up to date.
  if (use === 'shared') await (await openStorage(options, 'beside')).close();
  const folder = needsDataDirectory(options)
    ? await enterDataDirectory(options.dataDirectory, use)
    : NO_FOLDER;
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const each of opened.reverse()) await each.close();
    folder.release();
  };
  try {
    const blobs = await openBlobs(options);
    opened.push(blobs);
    const isEmbedded = options.s3 === null && options.databaseUrl === '';
    if (isEmbedded && use !== 'rebuild') await requireIndexOf(options.dataDirectory, blobs.store);
    const metadata = await openMetadata(options, {
      isShared: folder.isServed,
      isRepeatable: use === 'rebuild',
      onTrouble,
    });
    opened.push(metadata);
    const isEmpty = () => blobs.store.isEmpty();
    const pair = { index: metadata, blobs: { ...blobs.identity, isEmpty } };
    if (use === 'rebuild') await adoptIndex(pair);
    else if (!isEmbedded) await requirePair(pair);
    return {
      blobs: blobs.store,
      metadata,
      dataDirectory: folder.path,
      areBlobsShared: options.s3 !== null,
      close,
    };
  } catch (error) {
    await close();
    if (isLarderError(error) || folder.path === null) throw error;
    throw dataUnusable(folder.path, error);
  }
}

/** The data folder as far as a use needs it. */
interface EnteredFolder {
  path: string | null;
  /** Whether a server has it. */
  isServed: boolean;
  release(): void;
}

const NO_FOLDER: EnteredFolder = { path: null, isServed: false, release: () => undefined };

async function enterDataDirectory(directory: string, use: StorageUse): Promise<EnteredFolder> {
  const served = { path: resolve(directory), isServed: true, release: () => undefined };
  if (use === 'shared') return served;
  try {
    const own = await acquireDataDirectory(directory);
    return {
      path: own.path,
      isServed: false,
      release: () => {
        own.release();
      },
    };
  } catch (error) {
    const isServed = isLarderError(error) && error.code === 'LARDER_SERVER_DATA_LOCKED';
    if (use === 'beside' && isServed) return served;
    throw error;
  }
}

interface OpenBlobs {
  store: BlobStore;
  identity: IdentifiedStore;
  close(): Promise<void>;
}

async function openBlobs({ s3, dataDirectory }: StorageOptions): Promise<OpenBlobs> {
  if (s3 !== null) {
    // Whoever does without it does not pay for it: it is large.
    const { openS3BlobStore } = await import('./s3/s3-blob-store.ts');
    const store = await openS3BlobStore(s3);
    return { store, identity: store, close: () => store.close() };
  }
  const folder = resolve(dataDirectory);
  return {
    store: await createFilesystemBlobStore(folder),
    identity: createIdentityFile(join(folder, 'larder.store')),
    close: () => Promise.resolve(),
  };
}

async function openMetadata(
  { databaseUrl, databaseMaxConnections, dataDirectory }: StorageOptions,
  { onTrouble, ...options }: OpenDatabaseOptions & { onTrouble: StorageTroubleListener },
): Promise<MetadataStore> {
  if (databaseUrl === '') return openSqliteStore(databaseFile(resolve(dataDirectory)), options);
  const { openPostgresStore } = await import('./postgres/postgres-store.ts');
  return openPostgresStore({ url: databaseUrl, maxConnections: databaseMaxConnections, onTrouble });
}

/**
 * For what is of no use in a data folder that holds nothing.
 *
 * @throws LarderError `LARDER_SERVER_DATA_UNUSABLE`
 */
export function requireStored({ s3, databaseUrl, dataDirectory }: StorageOptions): void {
  if (s3 === null) requireArtifacts(dataDirectory);
  else if (databaseUrl === '') requireIndex(dataDirectory);
}
