import { sql, type Kysely, type Migration } from 'kysely';
import { FIRST_USAGE_MEASURES } from '../sql/first-usage-measures.ts';

/**
 * What happened by hour and owner, and how often each artifact was a hit. Artifacts that were none are
 * left out of what puts hits in order, so that uploads have less to write.
 */
export const addUsageByHour: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    let table = database.schema
      .createTable('usage_hour')
      .addColumn('hour_ms', 'integer', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      // Empty where the owner is no team.
      .addColumn('team', 'text', (column) => column.notNull())
      .addColumn('youngest_evicted_age_ms', 'integer');
    for (const name of FIRST_USAGE_MEASURES) {
      table = table.addColumn(name, 'integer', (column) => column.notNull().defaultTo(0));
    }
    await table
      .addPrimaryKeyConstraint('usage_hour_key', ['hour_ms', 'owner', 'team'])
      .modifyEnd(sql`strict`)
      .execute();

    const statements = [
      sql`alter table artifact add column hits integer not null default 0`,
      sql`create index artifact_by_size on artifact (team, scope, size_bytes)`,
      sql`create index artifact_by_creation on artifact (team, scope, created_at_ms)`,
      sql`create index artifact_by_hits on artifact (team, scope, hits) where hits > 0`,
      sql`create index artifact_by_saved
        on artifact (team, scope, hits * coalesce(duration_ms, 0))
        where hits * coalesce(duration_ms, 0) > 0`,
    ];
    for (const statement of statements) await statement.execute(database);
  },
};
