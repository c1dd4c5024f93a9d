import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { ArtifactIndex, ArtifactRecord } from '../artifact-index.ts';
import { createArtifactQueries, type OrderExpressions } from '../sql/artifact-queries.ts';
import { toRecord, toRow, type ArtifactRow } from '../sql/artifact-row.ts';
import { reportingFailure } from '../storage-failed.ts';
import { createArtifactInserter } from './artifact-inserter.ts';
import type { OpenDatabase } from './open-database.ts';
import { createStatement } from './statement.ts';

/** SQLite takes 32,766 parameters a statement; smaller ones block the event loop for less long. */
const HASHES_PER_STATEMENT = 500;

export const ORDER_EXPRESSIONS: OrderExpressions = {
  size: 'size_bytes',
  hits: 'hits',
  saved: 'hits * coalesce(duration_ms, 0)',
  recent: 'created_at_ms',
};

/** What the triggers of the table `artifact` keep. */
interface TeamUsageRow {
  team: string;
  stored_bytes: number;
  artifacts: number;
}

/** An {@link ArtifactIndex} over a database, which stays its owner's to close. */
export function createSqliteArtifactIndex(open: OpenDatabase): ArtifactIndex {
  const { database, connection } = open;
  const insert = createArtifactInserter(connection);
  const selectOne = createStatement<ArtifactRow>(
    connection,
    'select * from artifact where team = ? and scope = ? and api = ? and hash = ?',
  );
  const selectUsage = createStatement<TeamUsageRow>(
    connection,
    'select team, stored_bytes, artifacts from team_usage',
  );

  return {
    failsWhole: true,
    ...createArtifactQueries(open, ORDER_EXPRESSIONS),

    write: (key, record) =>
      reportingFailure('Adding an artifact to the index', () => insert(toRow(key, record))),

    read: ({ team, scope, api, hash }) =>
      reportingFailure('Reading the index', () => {
        const row = selectOne.get(team, scope, api, hash);
        return row === undefined ? null : toRecord(row);
      }),

    readMany: ({ team, scope, api }, hashes) =>
      reportingFailure('Reading the index', async () => {
        const records = new Map<string, ArtifactRecord>();
        for (let start = 0; start < hashes.length; start += HASHES_PER_STATEMENT) {
          const rows = await database
            .selectFrom('artifact')
            .selectAll()
            .where('team', '=', team)
            .where('scope', '=', scope)
            .where('api', '=', api)
            .where('hash', 'in', hashes.slice(start, start + HASHES_PER_STATEMENT))
            .execute();
          for (const row of rows) records.set(row.hash, toRecord(row));
          // The database is synchronous: between two statements it is the turn of others.
          await setImmediate();
        }
        return records;
      }),

    touch: (accesses) =>
      reportingFailure('Updating the index', async () => {
        // One statement: a transaction of many that fails is gone before it can be rolled back.
        const noted = JSON.stringify(
          [...accesses].map(([blob, { accessedAtMs, hits }]) => [blob, accessedAtMs, hits]),
        );
        await sql`
          update artifact set accessed_at_ms = max(accessed_at_ms, noted.value ->> 1),
            hits = hits + (noted.value ->> 2)
          from json_each(${noted}) as noted where artifact.blob = noted.value ->> 0
        `.execute(database);
      }),

    usage: () =>
      reportingFailure(
        'Reading the index',
        () =>
          new Map(
            selectUsage
              .all()
              .map((row) => [
                row.team,
                { storedBytes: row.stored_bytes, artifacts: row.artifacts },
              ]),
          ),
      ),
  };
}
