import type { Kysely, Selectable } from 'kysely';
import type {
  ArtifactApi,
  ArtifactIndex,
  ArtifactKey,
  ArtifactRecord,
  ArtifactScope,
  ArtifactSpace,
} from '../artifact-index.ts';
import { storageFailed } from '../storage-failed.ts';
import type { DatabaseSchema } from './database-schema.ts';
import { openDatabase } from './open-database.ts';

type ArtifactRow = Selectable<DatabaseSchema['artifact']>;

/** SQLite takes 32,766 parameters a statement; smaller ones block the event loop for less long. */
const HASHES_PER_STATEMENT = 500;

/**
 * Opens an {@link ArtifactIndex} in one SQLite file.
 *
 * @throws LarderError `LARDER_SERVER_INDEX_INCOMPATIBLE`, see {@link openDatabase}.
 */
export async function createSqliteArtifactIndex(path: string): Promise<ArtifactIndex> {
  return createIndexOver(await openDatabase(path));
}

function createIndexOver(database: Kysely<DatabaseSchema>): ArtifactIndex {
  const selectIn = ({ team, scope, api }: ArtifactSpace) =>
    database
      .selectFrom('artifact')
      .selectAll()
      .where('team', '=', team)
      .where('scope', '=', scope)
      .where('api', '=', api);

  return {
    write: (key, record) =>
      reportingFailure('Adding an artifact to the index', async () => {
        const { numInsertedOrUpdatedRows } = await database
          .insertInto('artifact')
          .values(toRow(key, record))
          .onConflict((conflict) => conflict.columns(['team', 'scope', 'api', 'hash']).doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n;
      }),

    read: (key) =>
      reportingFailure('Reading the index', async () => {
        const row = await selectIn(key).where('hash', '=', key.hash).executeTakeFirst();
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
        }
        return records;
      }),

    touch: (key, accessedAtMs) =>
      reportingFailure('Updating the index', async () => {
        await database
          .updateTable('artifact')
          .set({ accessed_at_ms: accessedAtMs })
          .where('team', '=', key.team)
          .where('scope', '=', key.scope)
          .where('api', '=', key.api)
          .where('hash', '=', key.hash)
          .execute();
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

    removeSome: ({ team, scope }, limit) =>
      reportingFailure('Removing artifacts from the index', async () => {
        const some = database
          .selectFrom('artifact')
          .select('blob')
          .where('team', '=', team)
          .where('scope', '=', scope)
          .limit(limit);
        const removed = await database
          .deleteFrom('artifact')
          .where('blob', 'in', some)
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

    close: () => reportingFailure('Closing the index', () => database.destroy()),
  };
}

async function reportingFailure<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFailed(what, error);
  }
}

function toKey(row: Pick<ArtifactRow, 'team' | 'scope' | 'api' | 'hash'>): ArtifactKey {
  return {
    team: row.team,
    scope: row.scope as ArtifactScope,
    api: row.api as ArtifactApi,
    hash: row.hash,
  };
}

function toRow(key: ArtifactKey, record: ArtifactRecord): ArtifactRow {
  return {
    team: key.team,
    scope: key.scope,
    api: key.api,
    hash: key.hash,
    blob: record.blob,
    size_bytes: record.sizeBytes,
    sha256: record.sha256,
    duration_ms: record.durationMs,
    tag: record.tag,
    sha: record.sha,
    dirty_hash: record.dirtyHash,
    client_ci: record.clientCi,
    client_interactive:
      record.isClientInteractive === null ? null : Number(record.isClientInteractive),
    writer: record.writer,
    created_at_ms: record.createdAtMs,
    accessed_at_ms: record.accessedAtMs,
  };
}

function toRecord(row: ArtifactRow): ArtifactRecord {
  return {
    blob: row.blob,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    durationMs: row.duration_ms,
    tag: row.tag,
    sha: row.sha,
    dirtyHash: row.dirty_hash,
    clientCi: row.client_ci,
    isClientInteractive: row.client_interactive === null ? null : row.client_interactive === 1,
    writer: row.writer,
    createdAtMs: row.created_at_ms,
    accessedAtMs: row.accessed_at_ms,
  };
}
