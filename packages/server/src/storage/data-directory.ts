import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import Database from 'libsql';
import { hasErrnoCode } from '../errors/has-errno-code.ts';
import { messageOf } from '../errors/message-of.ts';
import { LarderError } from '../errors/larder-error.ts';
import { BLOB_PREFIXES, type BlobStore } from './blob-store.ts';

const LOCK_FILE = 'larder.lock';

/** Where the SQLite database of a data folder is. */
export function databaseFile(dataDirectory: string): string {
  return join(dataDirectory, 'larder.sqlite');
}

/** A data folder that belongs to this process until it is released. */
export interface DataDirectory {
  /** Absolute. */
  path: string;
  release(): void;
}

/**
 * Creates the data folder when absent (mode 0700) and takes it for this process alone: sweeping it
 * would destroy the uploads of another server that uses it.
 *
 * @throws LarderError `LARDER_SERVER_DATA_LOCKED`, `LARDER_SERVER_DATA_UNUSABLE`.
 */
export async function acquireDataDirectory(directory: string): Promise<DataDirectory> {
  const path = resolve(directory);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    // A folder with contents may be somebody's home by mistake; what we put there has own modes.
    if ((await readdir(path)).length === 0) await chmod(path, 0o700);
    return { path, release: acquireLock(join(path, LOCK_FILE)) };
  } catch (error) {
    if (hasErrnoCode(error, 'SQLITE_BUSY')) {
      throw new LarderError(
        'LARDER_SERVER_DATA_LOCKED',
        `${path} is used by another larder-server.`,
        {
          hint: 'Stop the other server or name another folder with --data-dir.',
          cause: error,
        },
      );
    }
    throw dataUnusable(path, error);
  }
}

/** @throws LarderError `LARDER_SERVER_DATA_UNUSABLE` when the folder is not one with artifacts. */
export function requireArtifacts(directory: string): void {
  requireEntry(join(directory, 'blobs'), 'it holds no artifacts of a larder-server.');
}

/** @throws LarderError `LARDER_SERVER_DATA_UNUSABLE` when the folder is not one with an index. */
export function requireIndex(directory: string): void {
  requireEntry(databaseFile(directory), 'it holds no index of a larder-server.');
}

function requireEntry(path: string, problem: string): void {
  if (!existsSync(path)) throw dataUnusable(resolve(dirname(path)), new Error(problem));
}

/**
 * Taking a lost index for an empty one would remove every artifact as left over from a crash.
 *
 * @throws LarderError `LARDER_SERVER_INDEX_MISSING` when there are blobs but no index.
 */
export async function requireIndexOf(directory: string, blobs: BlobStore): Promise<void> {
  const path = databaseFile(directory);
  if (existsSync(path) && (await stat(path)).size > 0) return;
  for (const prefix of BLOB_PREFIXES) {
    if ((await blobs.list(prefix)).length === 0) continue;
    throw new LarderError(
      'LARDER_SERVER_INDEX_MISSING',
      `${directory} holds artifacts but no larder.sqlite, which knows what they are.`,
      { hint: 'Run "larder-server rebuild" to make it again from the artifacts.' },
    );
  }
}

export function dataUnusable(path: string, cause: unknown): LarderError {
  return new LarderError('LARDER_SERVER_DATA_UNUSABLE', `Cannot use ${path}: ${messageOf(cause)}`, {
    hint: 'Name a folder that this user may create and write with --data-dir.',
    cause,
  });
}

/**
 * Node has no file locks but SQLite does: an open exclusive transaction on an empty database. The
 * system ends it with the process, however that dies.
 */
function acquireLock(file: string): () => void {
  closeSync(openSync(file, 'a', 0o600));
  const lock = new Database(file);
  try {
    lock.exec('PRAGMA journal_mode = OFF');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw error;
  }
  return () => {
    // Closing alone keeps the lock until the garbage collector has found the last statement.
    lock.exec('ROLLBACK');
    lock.close();
  };
}
