// What the table `artifact` has in its columns, and what that means.
import type { Selectable } from 'kysely';
import type { ArtifactScope } from '../../trust/artifact-scope.ts';
import type { ArtifactApi, ArtifactKey, ArtifactRecord } from '../artifact-index.ts';
import type { DatabaseSchema } from './database-schema.ts';

export type ArtifactRow = Selectable<DatabaseSchema['artifact']>;

/** Those of a row, in the order in which they are written. */
export const ARTIFACT_COLUMNS = [
  'team',
  'scope',
  'api',
  'hash',
  'blob',
  'size_bytes',
  'stored_bytes',
  'sha256',
  'duration_ms',
  'tag',
  'sha',
  'dirty_hash',
  'client_ci',
  'client_interactive',
  'writer',
  'token_id',
  'repository',
  'ref',
  'run',
  'address',
  'created_at_ms',
  'accessed_at_ms',
  'hits',
] as const satisfies readonly (keyof ArtifactRow)[];

export function toKey(row: Pick<ArtifactRow, 'team' | 'scope' | 'api' | 'hash'>): ArtifactKey {
  return {
    team: row.team,
    scope: row.scope as ArtifactScope,
    api: row.api as ArtifactApi,
    hash: row.hash,
  };
}

export function toRow(key: ArtifactKey, record: ArtifactRecord): ArtifactRow {
  return {
    team: key.team,
    scope: key.scope,
    api: key.api,
    hash: key.hash,
    blob: record.blob,
    size_bytes: record.sizeBytes,
    stored_bytes: record.storedBytes,
    sha256: record.sha256,
    duration_ms: record.durationMs,
    tag: record.tag,
    sha: record.sha,
    dirty_hash: record.dirtyHash,
    client_ci: record.clientCi,
    client_interactive:
      record.isClientInteractive === null ? null : Number(record.isClientInteractive),
    writer: record.writer,
    token_id: record.tokenId,
    repository: record.repository,
    ref: record.ref,
    run: record.run,
    address: record.address,
    created_at_ms: record.createdAtMs,
    accessed_at_ms: record.accessedAtMs,
    hits: record.hits,
  };
}

export function toRecord(row: ArtifactRow): ArtifactRecord {
  return {
    blob: row.blob,
    sizeBytes: row.size_bytes,
    storedBytes: row.stored_bytes,
    sha256: row.sha256,
    durationMs: row.duration_ms,
    tag: row.tag,
    sha: row.sha,
    dirtyHash: row.dirty_hash,
    clientCi: row.client_ci,
    isClientInteractive: row.client_interactive === null ? null : row.client_interactive === 1,
    writer: row.writer,
    tokenId: row.token_id,
    repository: row.repository,
    ref: row.ref,
    run: row.run,
    address: row.address,
    createdAtMs: row.created_at_ms,
    accessedAtMs: row.accessed_at_ms,
    hits: row.hits,
  };
}
