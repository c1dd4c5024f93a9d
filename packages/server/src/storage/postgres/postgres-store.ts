import type { MetadataStore } from '../metadata-store.ts';
import { createIdentityQueries } from '../sql/identity-queries.ts';
import { reportingFailure } from '../storage-failed.ts';
import { parseDatabaseAddress } from './database-address.ts';
import { openDatabase, type OpenDatabaseOptions } from './open-database.ts';
import { createPostgresArtifactIndex } from './postgres-artifact-index.ts';
import { createPostgresLeases } from './postgres-leases.ts';
import { createPostgresTokenStore } from './postgres-token-store.ts';
import { createPostgresUsageStore } from './postgres-usage-store.ts';
import { createTeamUsage } from './team-usage.ts';

export interface PostgresStoreOptions extends OpenDatabaseOptions {
  /** `postgres://user:password@host:5432/database`, with what the driver takes as parameters. */
  url: string;
}

/**
 * Opens a {@link MetadataStore} in a PostgreSQL database (13 or later), which many servers may do at
 * once. Brings its tables up to date, or makes them.
 *
 * @throws LarderError `LARDER_SERVER_OPTIONS_INVALID`, `LARDER_SERVER_INDEX_INCOMPATIBLE`,
 * `LARDER_SERVER_STORAGE_FAILED`
 */
export async function openPostgresStore({
  url,
  ...options
}: PostgresStoreOptions): Promise<MetadataStore> {
  const open = await openDatabase(parseDatabaseAddress(url), options);
  const { pool, reading } = open;
  const leases = createPostgresLeases(open);
  const teamUsage = createTeamUsage({ pool, leases, onTrouble: options.onTrouble });
  return {
    artifacts: createPostgresArtifactIndex(open, teamUsage),
    tokens: createPostgresTokenStore(open),
    usage: createPostgresUsageStore(open),
    leases,
    ...createIdentityQueries(open),
    check: () =>
      reading('Asking the database', async () => {
        await pool.askPromptly('select 1 from artifact limit 1', []);
      }),
    close: () =>
      reportingFailure('Closing the database', async () => {
        await teamUsage.close();
        await pool.end();
      }),
  };
}
