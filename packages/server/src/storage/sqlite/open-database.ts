import { open } from 'node:fs/promises';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import Database from 'libsql';
import { messageOf } from '../../errors/message-of.ts';
import { LarderError } from '../../errors/larder-error.ts';
import type { DatabaseSchema } from '../sql/database-schema.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { reportingFailure } from '../storage-failed.ts';
import { migrationProvider } from './database-migrations.ts';

const BUSY_TIMEOUT_MS = 5_000;

/** A database by two ways over one connection, whose owner destroys `database`. */
export interface OpenDatabase extends SqlDatabase {
  /** For what requests wait for: a query that is built and prepared anew takes five times as long. */
  connection: Database.Database;
}

export interface OpenDatabaseOptions {
  /** Whether a server has the file open, whose tables must not change under its feet. */
  isShared?: boolean;
  /** Whether what is written could be written again, so that a power cut may undo the end of it. */
  isRepeatable?: boolean;
}

/**
 * Opens the database file (mode 0600), creates it when absent and brings its tables up to date.
 *
 * @throws LarderError `LARDER_SERVER_INDEX_INCOMPATIBLE` when the file is no database, was written
 * by a newer version, or is shared with an older one.
 */
export async function openDatabase(
  path: string,
  { isShared = false, isRepeatable = false }: OpenDatabaseOptions = {},
): Promise<OpenDatabase> {
  // SQLite gives the files beside the database the mode of the database itself.
  await (await open(path, 'a', 0o600)).close();
  const connection = new Database(path);
  const database = new Kysely<DatabaseSchema>({
    dialect: new SqliteDialect({ database: connection }),
  });
  try {
    connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    connection.pragma('journal_mode = WAL');
    // An answered upload survives a power cut, not only a crash of this process.
    connection.pragma(`synchronous = ${isRepeatable ? 'NORMAL' : 'FULL'}`);
    const migrator = new Migrator({ db: database, provider: migrationProvider });
    if (isShared) await requireUpToDate(migrator);
    else {
      const { error } = await migrator.migrateToLatest();
      if (error !== undefined) throw new Error(messageOf(error), { cause: error });
    }
    return {
      database,
      connection,
      reading: reportingFailure,
      writing: reportingFailure,
      // A file has one writer at a time.
      locking: (query) => query,
    };
  } catch (error) {
    await database.destroy();
    // Kysely closes only what it has used already.
    if (connection.open) connection.close();
    throw new LarderError(
      'LARDER_SERVER_INDEX_INCOMPATIBLE',
      `Cannot use ${path}: ${messageOf(error)}`,
      {
        hint: 'Run the version of larder-server that wrote this data folder, or, when the file is damaged, "larder-server rebuild".',
        cause: error,
      },
    );
  }
}

async function requireUpToDate(migrator: Migrator): Promise<void> {
  const migrations = await migrator.getMigrations();
  if (migrations.some(({ executedAt }) => executedAt === undefined)) {
    throw new Error('the server that has it open is of an older version');
  }
}
