import { setImmediate as yieldTurn } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import type { DatabaseSchema } from '../sql/database-schema.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { reportingFailure } from '../storage-failed.ts';
import { isConnectionLost, isParameterRefused, isRolledBack } from './connection-errors.ts';
import {
  createConnectionPool,
  STATEMENT_TIMEOUT_MS,
  type ConnectionPool,
  type ConnectionPoolOptions,
} from './connection-pool.ts';
import type { DatabaseAddress } from './database-address.ts';
import { migrate } from './migrate.ts';

const FAILURE = {
  hint: 'Check that the database is well and can be reached, and what its log says.',
};

/** A database by two ways over one pool, whose owner ends the pool. */
export interface OpenDatabase extends SqlDatabase {
  /** For what requests wait for. */
  pool: ConnectionPool;
}

export type OpenDatabaseOptions = Pick<ConnectionPoolOptions, 'maxConnections' | 'onTrouble'>;

/**
 * Brings the tables of a database up to date and opens it.
 *
 * @throws LarderError `LARDER_SERVER_INDEX_INCOMPATIBLE`, see {@link migrate},
 * `LARDER_SERVER_STORAGE_FAILED`
 */
export async function openDatabase(
  address: DatabaseAddress,
  options: OpenDatabaseOptions,
): Promise<OpenDatabase> {
  const pool = await reportingFailure(
    `Opening the database ${address.name}`,
    async () => {
      await migrate(address);
      return await openPool({ ...options, address });
    },
    FAILURE,
  );
  return {
    pool,
    database: new Kysely<DatabaseSchema>({ dialect: new PostgresDialect({ pool }) }),
    reading: (what, work) =>
      reportingFailure(
        what,
        () => repeatingOnce(work, (error) => isConnectionLost(error) || isRolledBack(error)),
        FAILURE,
      ),
    writing: (what, work) => reportingFailure(what, () => repeatingOnce(work, isRolledBack), FAILURE),
    locking: (query, column) => query.orderBy(column).forUpdate(),
  };
}

/** Does some work again, once, when it failed in a way that may have passed. */
export async function repeatingOnce<T>(
  work: () => T | Promise<T>,
  mayHavePassed: (error: unknown) => boolean,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!mayHavePassed(error)) throw error;
    // Other connections that broke at the same time are found out.
    await yieldTurn();
    return work();
  }
}

async function openPool(
  options: Omit<ConnectionPoolOptions, 'statementTimeoutMs'>,
  statementTimeoutMs: number | null = STATEMENT_TIMEOUT_MS,
): Promise<ConnectionPool> {
  const pool = createConnectionPool({ ...options, statementTimeoutMs });
  try {
    await pool.askPromptly('select 1', []);
    return pool;
  } catch (error) {
    await pool.end();
    if (statementTimeoutMs !== null && isParameterRefused(error)) return openPool(options, null);
    throw error;
  }
}
