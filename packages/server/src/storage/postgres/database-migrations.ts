import { sql, type Kysely, type Migration, type MigrationProvider } from 'kysely';
import { FIRST_USAGE_MEASURES } from '../sql/first-usage-measures.ts';
import { usageByDay } from '../sql/usage-by-day.ts';

/**
 * Columns that are compared or sorted have the collation "C", so that they are the same everywhere.
 * What is stored is summed up by team as a list of changes: a row for each team would have all uploads
 * of that team wait for each other until they are on disk.
 */
const createTables: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    const measures = FIRST_USAGE_MEASURES.map((name) => `${name} bigint not null default 0`);
    const statements = [
      sql`create table artifact (
        team text collate "C" not null,
        scope text collate "C" not null,
        api text collate "C" not null,
        hash text collate "C" not null,
        blob text collate "C" not null,
        size_bytes bigint not null,
        stored_bytes bigint not null,
        sha256 text not null,
        duration_ms bigint,
        tag text,
        sha text,
        dirty_hash text,
        client_ci text,
        client_interactive integer,
        writer text not null,
        token_id text not null,
        repository text,
        ref text,
        run text,
        address text,
        created_at_ms bigint not null,
        accessed_at_ms bigint not null,
        hits bigint not null default 0,
        constraint artifact_key primary key (team, scope, api, hash),
        constraint artifact_blob unique (blob)
      )`,
      sql`create index artifact_by_access on artifact (accessed_at_ms)`,
      sql`create index artifact_by_team_and_access on artifact (team, accessed_at_ms)`,
      sql`create index artifact_by_size on artifact (team, scope, size_bytes)`,
      sql`create index artifact_by_creation on artifact (team, scope, created_at_ms)`,
      sql`create index artifact_by_hits on artifact (team, scope, hits) where hits > 0`,
      // As whole numbers, the product of the largest would be none.
      sql`create index artifact_by_saved
        on artifact (team, scope, (hits * coalesce(duration_ms, 0)::double precision))
        where hits * coalesce(duration_ms, 0)::double precision > 0`,

      sql`create table team_usage_delta (
        id bigint generated always as identity primary key,
        team text collate "C" not null,
        stored_bytes bigint not null,
        artifacts bigint not null
      )`,
      sql`create function note_added_artifacts() returns trigger language plpgsql as $$
        begin
          insert into team_usage_delta (team, stored_bytes, artifacts)
          select team, sum(stored_bytes), count(*) from added group by team;
          return null;
        end
      $$`,
      sql`create trigger artifact_added after insert on artifact
        referencing new table as added
        for each statement execute function note_added_artifacts()`,
      sql`create function note_removed_artifacts() returns trigger language plpgsql as $$
        begin
          insert into team_usage_delta (team, stored_bytes, artifacts)
          select team, -sum(stored_bytes), -count(*) from removed group by team;
          return null;
        end
      $$`,
      sql`create trigger artifact_removed after delete on artifact
        referencing old table as removed
        for each statement execute function note_removed_artifacts()`,

      sql`create table token (
        id text collate "C" primary key,
        sha256 text collate "C" not null unique,
        label text not null,
        access text not null,
        scope text not null,
        teams text,
        origin text,
        created_at_ms bigint not null,
        expires_at_ms bigint,
        revoked_at_ms bigint
      )`,

      sql`create table usage_hour (
        hour_ms bigint not null,
        owner text collate "C" not null,
        team text collate "C" not null,
        youngest_evicted_age_ms bigint,
        ${sql.raw(measures.join(', '))},
        primary key (hour_ms, owner, team)
      )`,

      sql`create table identity (
        place integer primary key check (place = 1),
        id text not null
      )`,

      sql`create table lease (
        name text collate "C" primary key,
        holder text not null,
        expires_at timestamptz not null
      )`,
    ];
    for (const statement of statements) await statement.execute(database);
  },
};

/** Every step from an empty database to the tables as they are now, by name. */
export const migrationProvider: MigrationProvider = {
  getMigrations: () =>
    Promise.resolve({
      '0001-tables': createTables,
      '0002-usage-by-day': usageByDay({
        wholeNumber: 'bigint',
        text: 'text collate "C"',
        ending: '',
      }),
    }),
};
