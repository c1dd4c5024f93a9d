import type { ArtifactIndex, ArtifactKey } from '../artifact-index.ts';
import { createArtifactQueries, type OrderExpressions } from '../sql/artifact-queries.ts';
import { ARTIFACT_COLUMNS, toRecord, toRow, type ArtifactRow } from '../sql/artifact-row.ts';
import { isConnectionLost, isDuplicate } from './connection-errors.ts';
import type { OpenDatabase } from './open-database.ts';
import type { TeamUsage } from './team-usage.ts';

export const ORDER_EXPRESSIONS: OrderExpressions = {
  size: 'size_bytes',
  hits: 'hits',
  saved: 'hits * coalesce(duration_ms, 0)::double precision',
  recent: 'created_at_ms',
};

const INSERT = `
  insert into artifact (${ARTIFACT_COLUMNS.join(', ')})
  values (${ARTIFACT_COLUMNS.map((_column, number) => `$${number + 1}`).join(', ')})
  on conflict (team, scope, api, hash) do nothing returning blob`;

const SELECT_IN = 'select * from artifact where team = $1 and scope = $2 and api = $3';
const SELECT_ONE = `${SELECT_IN} and hash = $4`;
const SELECT_MANY = `${SELECT_IN} and hash = any($4)`;

/** Locked in the order of their names before any of them is changed. */
const TOUCH = `
  with noted as (
    select * from unnest($1::text[], $2::bigint[], $3::bigint[]) as noted (blob, accessed_at_ms, hits)
  ),
  locked as (
    select blob from artifact where blob in (select noted.blob from noted) order by blob for update
  )
  update artifact set accessed_at_ms = greatest(artifact.accessed_at_ms, noted.accessed_at_ms),
    hits = artifact.hits + noted.hits
  from noted join locked on locked.blob = noted.blob where artifact.blob = locked.blob`;

/** An {@link ArtifactIndex} over a database, which stays its owner's to close. */
export function createPostgresArtifactIndex(
  open: OpenDatabase,
  teamUsage: TeamUsage,
): ArtifactIndex {
  const { pool, reading, writing } = open;

  async function insertOnce(row: ArtifactRow): Promise<boolean> {
    const values = ARTIFACT_COLUMNS.map((column) => row[column]);
    return (await pool.askPromptly(INSERT, values)).length > 0;
  }

  async function selectOne({ team, scope, api, hash }: ArtifactKey): Promise<ArtifactRow | null> {
    const [row] = await pool.askPromptly<ArtifactRow>(SELECT_ONE, [team, scope, api, hash]);
    return row ?? null;
  }

  async function insert(key: ArtifactKey, row: ArtifactRow): Promise<boolean> {
    try {
      return await insertOnce(row);
    } catch (error) {
      // Added at the same time by somebody who copies the same artifact: its blob was compared first.
      if (isDuplicate(error) && (await selectOne(key)) !== null) return false;
      if (!isConnectionLost(error)) throw error;
    }
    return insertAgain(key, row);
  }

  /** When nobody knows what became of it: what the key is taken by may be this row. */
  async function insertAgain(key: ArtifactKey, row: ArtifactRow): Promise<boolean> {
    try {
      if (await insertOnce(row)) return true;
    } catch (error) {
      // The database may have been about the first attempt still.
      if (!isDuplicate(error)) throw error;
    }
    return (await selectOne(key))?.blob === row.blob;
  }

  return {
    failsWhole: false,
    ...createArtifactQueries(open, ORDER_EXPRESSIONS),

    write: (key, record) =>
      writing('Adding an artifact to the index', async () => {
        const isAdded = await insert(key, toRow(key, record));
        if (isAdded) teamUsage.noteChange();
        return isAdded;
      }),

    read: (key) =>
      reading('Reading the index', async () => {
        const row = await selectOne(key);
        return row === null ? null : toRecord(row);
      }),

    readMany: ({ team, scope, api }, hashes) =>
      reading('Reading the index', async () => {
        // A text of PostgreSQL holds no NUL, and clients may ask for anything.
        const parameters = [team, scope, api, hashes.filter((hash) => !hash.includes('\0'))];
        const rows = await pool.askPromptly<ArtifactRow>(SELECT_MANY, parameters);
        return new Map(rows.map((row) => [row.hash, toRecord(row)]));
      }),

    touch: (accesses) =>
      writing('Updating the index', async () => {
        const values = [...accesses.values()];
        await pool.ask(TOUCH, [
          [...accesses.keys()],
          values.map(({ accessedAtMs }) => accessedAtMs),
          values.map(({ hits }) => hits),
        ]);
      }),

    usage: () => reading('Reading the index', () => teamUsage.read()),
  };
}
