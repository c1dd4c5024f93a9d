import { sql, type Kysely } from 'kysely';
import { UNDISPUTED_LEASES } from '../leases.ts';
import type { MetadataStore } from '../metadata-store.ts';
import type { DatabaseSchema } from '../sql/database-schema.ts';
import { createIdentityQueries } from '../sql/identity-queries.ts';
import { reportingFailure } from '../storage-failed.ts';
import { openDatabase, type OpenDatabaseOptions } from './open-database.ts';
import { createSqliteArtifactIndex } from './sqlite-artifact-index.ts';
import { createSqliteTokenStore } from './sqlite-token-store.ts';
import { createSqliteUsageStore } from './sqlite-usage-store.ts';

/**
 * Opens a {@link MetadataStore} in one SQLite file, which several processes may do at once.
 *
 * @throws LarderError `LARDER_SERVER_INDEX_INCOMPATIBLE`, see {@link openDatabase}.
 */
export async function openSqliteStore(
  path: string,
  options: OpenDatabaseOptions = {},
): Promise<MetadataStore> {
  const open = await openDatabase(path, options);
  const { database } = open;
  return {
    artifacts: createSqliteArtifactIndex(open),
    tokens: createSqliteTokenStore(open),
    usage: createSqliteUsageStore(open),
    leases: UNDISPUTED_LEASES,
    ...createIdentityQueries(open),
    check: () =>
      reportingFailure('Asking the database', async () => {
        await sql`select 1 from artifact limit 1`.execute(database);
      }),
    close: () =>
      reportingFailure('Closing the database', async () => {
        if (options.isShared !== true) await moveLogIntoFile(database);
        await database.destroy();
      }),
  };
}

/** SQLite does so itself only when the garbage collector has found the last statement. */
async function moveLogIntoFile(database: Kysely<DatabaseSchema>): Promise<void> {
  try {
    await sql`pragma wal_checkpoint(truncate)`.execute(database);
  } catch {
    // A full disk, for example. The next one to open the file finds the log beside it.
  }
}
