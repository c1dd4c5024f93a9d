import { setImmediate } from 'node:timers/promises';
import { sql, type ExpressionBuilder } from 'kysely';
import type {
  ArtifactFilter,
  ArtifactIndex,
  ArtifactOrder,
  ArtifactRecord,
  ArtifactSpace,
} from '../artifact-index.ts';
import { reportingFailure } from '../storage-failed.ts';
import { createArtifactInserter } from './artifact-inserter.ts';
import { toKey, toRecord, toRow, type ArtifactRow } from './artifact-row.ts';
import type { DatabaseSchema } from './database-schema.ts';
import type { OpenDatabase } from './open-database.ts';
import { createStatement } from './statement.ts';

/** SQLite takes 32,766 parameters a statement; smaller ones block the event loop for less long. */
const HASHES_PER_STATEMENT = 500;

/** As the indexes of the table have them: nothing is sorted. */
export const ORDER_EXPRESSIONS: Readonly<Record<ArtifactOrder, string>> = {
  size: 'size_bytes',
  hits: 'hits',
  saved: 'hits * coalesce(duration_ms, 0)',
  recent: 'created_at_ms',
};

/** An {@link ArtifactIndex} over a database, which stays its owner's to close. */
export function createSqliteArtifactIndex({ database, connection }: OpenDatabase): ArtifactIndex {
  const insert = createArtifactInserter(connection);
  const selectOne = createStatement<ArtifactRow>(
    connection,
    'select * from artifact where team = ? and scope = ? and api = ? and hash = ?',
  );
  const selectUsage = createStatement<DatabaseSchema['team_usage']>(
    connection,
    'select team, stored_bytes, artifacts from team_usage',
  );
  const selectIn = ({ team, scope, api }: ArtifactSpace) =>
    database
      .selectFrom('artifact')
      .selectAll()
      .where('team', '=', team)
      .where('scope', '=', scope)
      .where('api', '=', api);

  return {
    failsWhole: true,

    write: (key, record) =>
      reportingFailure('Adding an artifact to the index', () => insert(toRow(key, record))),

    read: ({ team, scope, api, hash }) =>
      reportingFailure('Reading the index', () => {
        const row = selectOne.get(team, scope, api, hash);
        return row === undefined ? null : toRecord(row);
      }),

    readMany: (space, hashes) =>
      reportingFailure('Reading the index', async () => {
        const records = new Map<string, ArtifactRecord>();
        for (let start = 0; start < hashes.length; start += HASHES_PER_STATEMENT) {
          const some = hashes.slice(start, start + HASHES_PER_STATEMENT);
          for (const row of await selectIn(space).where('hash', 'in', some).execute()) {
            records.set(row.hash, toRecord(row));
          }
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
          update artifact set accessed_at_ms = noted.value ->> 1, hits = hits + (noted.value ->> 2)
          from json_each(${noted}) as noted where artifact.blob = noted.value ->> 0
        `.execute(database);
      }),

    remove: (key, blob) =>
      reportingFailure('Removing an artifact from the index', async () => {
        await database
          .deleteFrom('artifact')
          .where('team', '=', key.team)
          .where('scope', '=', key.scope)
          .where('api', '=', key.api)
          .where('hash', '=', key.hash)
          .where('blob', '=', blob)
          .execute();
      }),

    removeSome: (filter, limit) =>
      reportingFailure('Removing artifacts from the index', async () => {
        const some = database
          .selectFrom('artifact')
          .select('blob')
          .where(matching(filter))
          .limit(limit);
        const removed = await database
          .deleteFrom('artifact')
          .where('blob', 'in', some)
          .returning(['blob', 'team', 'stored_bytes'])
          .execute();
        return removed.map((row) => ({
          blob: row.blob,
          team: row.team,
          storedBytes: row.stored_bytes,
        }));
      }),

    listSome: (filter, { limit, afterBlob }) =>
      reportingFailure('Listing the index', async () => {
        const rows = await database
          .selectFrom('artifact')
          .selectAll()
          .where(matching(filter))
          .where('blob', '>', afterBlob)
          .orderBy('blob')
          .limit(limit)
          .execute();
        return rows.map((row) => ({ key: toKey(row), record: toRecord(row) }));
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

    listTop: ({ team, scope }, { order, limit }) =>
      reportingFailure('Listing the index', async () => {
        const rows = await database
          .selectFrom('artifact')
          .selectAll()
          .where('team', '=', team)
          .where('scope', '=', scope)
          // As the indexes have it, which leave the others out.
          .where(sql<boolean>`${sql.raw(ORDER_EXPRESSIONS[order])} > 0`)
          .orderBy(sql.raw(ORDER_EXPRESSIONS[order]), 'desc')
          .limit(limit)
          .execute();
        return rows.map((row) => ({ key: toKey(row), record: toRecord(row) }));
      }),

    listLeastRecentlyUsed: ({ team, usedBeforeMs, limit }) =>
      reportingFailure('Listing the index', async () => {
        const rows = await database
          .selectFrom('artifact')
          .select(['blob', 'team', 'stored_bytes', 'accessed_at_ms'])
          .$if(team !== undefined, (query) => query.where('team', '=', team ?? ''))
          .$if(usedBeforeMs !== undefined, (query) =>
            query.where('accessed_at_ms', '<', usedBeforeMs ?? 0),
          )
          .orderBy('accessed_at_ms')
          .limit(limit)
          .execute();
        return rows.map((row) => ({
          blob: row.blob,
          team: row.team,
          storedBytes: row.stored_bytes,
          accessedAtMs: row.accessed_at_ms,
        }));
      }),

    removeBlobs: (blobs) =>
      reportingFailure('Removing artifacts from the index', async () => {
        const removed = await database
          .deleteFrom('artifact')
          .where('blob', 'in', [...blobs])
          .returning('blob')
          .execute();
        return removed.map(({ blob }) => blob);
      }),

    listBlobs: (prefix) =>
      reportingFailure('Listing the index', async () => {
        const rows = await database
          .selectFrom('artifact')
          .select(['blob', 'team', 'scope', 'api', 'hash'])
          .where('blob', '>=', prefix)
          // Blob names are hex digits, so `g` is behind every name with this prefix.
          .where('blob', '<', `${prefix}g`)
          .execute();
        return new Map(rows.map((row) => [row.blob, toKey(row)]));
      }),
  };
}

function matching(filter: ArtifactFilter) {
  const columns = {
    team: filter.team,
    scope: filter.scope,
    api: filter.api,
    hash: filter.hash,
    writer: filter.writer,
    token_id: filter.tokenId,
    repository: filter.repository,
    ref: filter.ref,
    run: filter.run,
  };
  return (eb: ExpressionBuilder<DatabaseSchema, 'artifact'>) => {
    const conditions = Object.entries(columns).flatMap(([column, value]) =>
      value === undefined ? [] : [eb(column as keyof typeof columns, '=', value)],
    );
    const { createdSinceMs, createdBeforeMs } = filter;
    if (createdSinceMs !== undefined) conditions.push(eb('created_at_ms', '>=', createdSinceMs));
    if (createdBeforeMs !== undefined) conditions.push(eb('created_at_ms', '<', createdBeforeMs));
    return eb.and(conditions);
  };
}
