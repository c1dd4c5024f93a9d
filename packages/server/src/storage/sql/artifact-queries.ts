// What an index is asked behind the requests, the same in each dialect.
import { sql, type ExpressionBuilder, type SelectQueryBuilder } from 'kysely';
import type { ArtifactEntry, ArtifactFilter, ArtifactIndex, ArtifactOrder } from '../artifact-index.ts';
import { toKey, toRecord, type ArtifactRow } from './artifact-row.ts';
import type { DatabaseSchema } from './database-schema.ts';
import type { SqlDatabase } from './sql-database.ts';

/** What {@link ArtifactOrder} means, as the indexes of the table have it: nothing is sorted. */
export type OrderExpressions = Readonly<Record<ArtifactOrder, string>>;

export type ArtifactQueries = Pick<
  ArtifactIndex,
  | 'remove'
  | 'removeSome'
  | 'removeBlobs'
  | 'listSome'
  | 'listTop'
  | 'listLeastRecentlyUsed'
  | 'listBlobs'
>;

type BlobQuery = SelectQueryBuilder<DatabaseSchema, 'artifact', Pick<ArtifactRow, 'blob'>>;

export function createArtifactQueries(
  { database, reading, writing, locking }: SqlDatabase,
  orderExpressions: OrderExpressions,
): ArtifactQueries {
  /** Deletes what a query finds. */
  const removing = (find: (query: BlobQuery) => BlobQuery) =>
    database
      // Found first and once: a subquery with a limit may be run again for each row.
      .with('found', (queries) =>
        locking(find(queries.selectFrom('artifact').select('blob')), 'blob'),
      )
      .deleteFrom('artifact')
      .where('blob', 'in', (queries) => queries.selectFrom('found').select('found.blob'));

  return {
    remove: (key, blob) =>
      writing('Removing an artifact from the index', async () => {
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
      writing('Removing artifacts from the index', async () => {
        const removed = await removing((query) => query.where(matching(filter)).limit(limit))
          .returning(['blob', 'team', 'stored_bytes'])
          .execute();
        return removed.map((row) => ({
          blob: row.blob,
          team: row.team,
          storedBytes: row.stored_bytes,
        }));
      }),

    removeBlobs: (blobs) =>
      writing('Removing artifacts from the index', async () => {
        if (blobs.length === 0) return [];
        const removed = await removing((query) => query.where('blob', 'in', [...blobs]))
          .returning('blob')
          .execute();
        return removed.map(({ blob }) => blob);
      }),

    listSome: (filter, { limit, afterBlob }) =>
      reading('Listing the index', async () => {
        const rows = await database
          .selectFrom('artifact')
          .selectAll()
          .where(matching(filter))
          .where('blob', '>', afterBlob)
          .orderBy('blob')
          .limit(limit)
          .execute();
        return rows.map(toEntry);
      }),

    listTop: ({ team, scope }, { order, limit }) =>
      reading('Listing the index', async () => {
        const amount = sql.raw(orderExpressions[order]);
        const rows = await database
          .selectFrom('artifact')
          .selectAll()
          .where('team', '=', team)
          .where('scope', '=', scope)
          // As the indexes have it, which leave the others out.
          .where(sql<boolean>`${amount} > 0`)
          .orderBy(amount, 'desc')
          .limit(limit)
          .execute();
        return rows.map(toEntry);
      }),

    listLeastRecentlyUsed: ({ team, usedBeforeMs, limit }) =>
      reading('Listing the index', async () => {
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

    listBlobs: (prefix) =>
      reading('Listing the index', async () => {
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

function toEntry(row: ArtifactRow): ArtifactEntry {
  return { key: toKey(row), record: toRecord(row) };
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
