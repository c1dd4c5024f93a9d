import {
  Kysely,
  Migrator,
  PostgresAdapter,
  PostgresDialect,
  sql,
  type DialectAdapter,
} from 'kysely';
import { messageOf } from '../../errors/message-of.ts';
import { LarderError } from '../../errors/larder-error.ts';
import { codeOf } from './connection-errors.ts';
import { createConnectionPool } from './connection-pool.ts';
import type { DatabaseAddress } from './database-address.ts';
import { migrationProvider } from './database-migrations.ts';

/** A large table takes its time, as another server may that is about it. */
const MIGRATION_TIMEOUT_MS = 600_000;

/** SQLSTATE of a table that is there already. */
const DUPLICATE_TABLE = '42P07';

/**
 * Brings the tables of a database up to date. Of servers that start at the same time one does it, and
 * the others wait for it.
 *
 * @throws LarderError `LARDER_SERVER_INDEX_INCOMPATIBLE` when a newer version has been there, or a table
 * that is not Larder's has the name of one.
 */
export async function migrate(address: DatabaseAddress): Promise<void> {
  const pool = createConnectionPool({
    address,
    maxConnections: 1,
    statementTimeoutMs: null,
    answerTimeoutMs: MIGRATION_TIMEOUT_MS,
    onTrouble: () => undefined,
  });
  // In a transaction all statements behind the one that failed say no more than that.
  let firstError: unknown;
  const database = new Kysely<unknown>({
    dialect: new MigrationDialect({ pool }),
    log: (event) => {
      if (event.level === 'error') firstError ??= event.error;
    },
  });
  try {
    await database.connection().execute(migrateInTransaction);
  } catch (error) {
    const cause = firstError ?? error;
    throw isIncompatible(cause) ? incompatible(address, cause) : cause;
  } finally {
    await pool.end();
  }
}

/**
 * The lock is one that ends with its transaction: behind a pooler, two statements outside of one may go
 * by different connections, and what one has locked would stay so.
 */
async function migrateInTransaction(connection: Kysely<unknown>): Promise<void> {
  await sql`begin`.execute(connection);
  await sql`set local statement_timeout = 0`.execute(connection);
  const lock = sql`select pg_advisory_xact_lock(hashtext('larder'), hashtext('migration'))`;
  await lock.execute(connection);
  const migrator = new Migrator({
    db: connection,
    provider: migrationProvider,
    // Of our own: other programs may use the database, and Kysely in it.
    migrationTableName: 'larder_migration',
    migrationLockTableName: 'larder_migration_lock',
    disableTransactions: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error as Error;
  await sql`commit`.execute(connection);
}

class MigrationDialect extends PostgresDialect {
  override createAdapter(): DialectAdapter {
    return new LockedAdapter();
  }
}

/** For a transaction that has its lock already. */
class LockedAdapter extends PostgresAdapter {
  override acquireMigrationLock(): Promise<void> {
    return Promise.resolve();
  }

  override releaseMigrationLock(): Promise<void> {
    return Promise.resolve();
  }
}

function isIncompatible(error: unknown): boolean {
  // Kysely has no code for what it finds wrong.
  return (
    codeOf(error) === DUPLICATE_TABLE || messageOf(error).startsWith('corrupted migrations')
  );
}

function incompatible({ name }: DatabaseAddress, cause: unknown): LarderError {
  return new LarderError(
    'LARDER_SERVER_INDEX_INCOMPATIBLE',
    `Cannot use the database ${name}: ${messageOf(cause)}`,
    {
      hint: 'Run the version of larder-server that used this database last, or name a database of its own.',
      cause,
    },
  );
}
