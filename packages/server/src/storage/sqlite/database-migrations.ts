import { sql, type Kysely, type Migration, type MigrationProvider } from 'kysely';
import { usageByDay } from '../sql/usage-by-day.ts';
import { addUsageByHour } from './usage-migration.ts';

const addIdentity: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    const table = sql`create table identity (
      place integer primary key not null check (place = 1), id text not null
    ) strict`;
    await table.execute(database);
  },
};

const createArtifactTable: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema
      .createTable('artifact')
      .addColumn('team', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('api', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('blob', 'text', (column) => column.notNull().unique())
      .addColumn('size_bytes', 'integer', (column) => column.notNull())
      .addColumn('sha256', 'text', (column) => column.notNull())
      .addColumn('duration_ms', 'integer')
      .addColumn('tag', 'text')
      .addColumn('sha', 'text')
      .addColumn('dirty_hash', 'text')
      .addColumn('client_ci', 'text')
      .addColumn('client_interactive', 'integer')
      .addColumn('writer', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'integer', (column) => column.notNull())
      .addColumn('accessed_at_ms', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('artifact_key', ['team', 'scope', 'api', 'hash'])
      .modifyEnd(sql`strict`)
      .execute();
  },
};

const addProvenanceAndTokens: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    const artifact = database.schema.alterTable('artifact');
    await artifact
      .addColumn('token_id', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    for (const name of ['repository', 'ref', 'run', 'address']) {
      await artifact.addColumn(name, 'text').execute();
    }
    await database.schema
      .createTable('token')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('sha256', 'text', (column) => column.notNull().unique())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('access', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('teams', 'text')
      .addColumn('origin', 'text')
      .addColumn('created_at_ms', 'integer', (column) => column.notNull())
      .addColumn('expires_at_ms', 'integer')
      .addColumn('revoked_at_ms', 'integer')
      .modifyEnd(sql`strict`)
      .execute();
  },
};

/**
 * Sums in a table instead of in memory: commands remove artifacts beside the server, and nothing has
 * to be added up at its start.
 */
const addUsage: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    const statements = [
      sql`alter table artifact add column stored_bytes integer not null default 0`,
      sql`update artifact set stored_bytes = size_bytes`,
      sql`create index artifact_by_access on artifact (accessed_at_ms)`,
      sql`create index artifact_by_team_and_access on artifact (team, accessed_at_ms)`,
      sql`create table team_usage (
        team text primary key not null, stored_bytes integer not null, artifacts integer not null
      ) strict`,
      sql`insert into team_usage
        select team, sum(stored_bytes), count(*) from artifact group by team`,
      sql`create trigger artifact_added after insert on artifact begin
        insert into team_usage values (new.team, new.stored_bytes, 1)
        on conflict (team) do update set
          stored_bytes = stored_bytes + excluded.stored_bytes, artifacts = artifacts + 1;
      end`,
      sql`create trigger artifact_removed after delete on artifact begin
        update team_usage set
          stored_bytes = stored_bytes - old.stored_bytes, artifacts = artifacts - 1
        where team = old.team;
        delete from team_usage where team = old.team and artifacts = 0;
      end`,
    ];
    for (const statement of statements) await statement.execute(database);
  },
};

/** Every step from an empty file to the tables as they are now, by name; run in the order of names. */
export const migrationProvider: MigrationProvider = {
  getMigrations: () =>
    Promise.resolve({
      '0001-artifact': createArtifactTable,
      '0002-provenance-and-tokens': addProvenanceAndTokens,
      '0003-usage': addUsage,
      '0004-usage-by-hour': addUsageByHour,
      '0005-identity': addIdentity,
      '0006-usage-by-day': usageByDay({
        wholeNumber: 'integer',
        text: 'text',
        ending: 'strict, without rowid',
      }),
    }),
};
