import type { Selectable } from 'kysely';
import type { TokenOrigin } from '../../tokens/principal.ts';
import type { TokenAccess } from '../../tokens/server-token.ts';
import type { StoredToken, TokenStore } from '../../tokens/token-store.ts';
import type { ArtifactScope } from '../../trust/artifact-scope.ts';
import { reportingFailure } from '../storage-failed.ts';
import type { DatabaseSchema } from './database-schema.ts';
import type { OpenDatabase } from './open-database.ts';
import { createStatement } from './statement.ts';

type TokenRow = Selectable<DatabaseSchema['token']>;

/** A {@link TokenStore} over a database, which stays its owner's to close. */
export function createSqliteTokenStore({ database, connection }: OpenDatabase): TokenStore {
  const selectByDigest = createStatement<TokenRow>(
    connection,
    'select * from token where sha256 = ?',
  );
  return {
    add: (token) =>
      reportingFailure('Adding a token', async () => {
        await database.insertInto('token').values(toRow(token)).execute();
      }),

    findByDigest: (sha256) =>
      reportingFailure('Looking for a token', () => {
        const row = selectByDigest.get(sha256);
        return row === undefined ? null : toToken(row);
      }),

    list: () =>
      reportingFailure('Listing the tokens', async () => {
        const rows = await database
          .selectFrom('token')
          .selectAll()
          .orderBy('created_at_ms')
          .orderBy('id')
          .execute();
        return rows.map(toToken);
      }),

    revoke: (id, revokedAtMs) =>
      reportingFailure('Revoking a token', async () => {
        const { numUpdatedRows } = await database
          .updateTable('token')
          .set({ revoked_at_ms: revokedAtMs })
          .where('id', '=', id)
          .where('revoked_at_ms', 'is', null)
          .executeTakeFirstOrThrow();
        return numUpdatedRows > 0n;
      }),

    removeExpired: (beforeMs) =>
      reportingFailure('Removing expired tokens', async () => {
        const { numDeletedRows } = await database
          .deleteFrom('token')
          .where('expires_at_ms', '<', beforeMs)
          .executeTakeFirstOrThrow();
        return Number(numDeletedRows);
      }),
  };
}

function toRow(token: StoredToken): TokenRow {
  return {
    id: token.id,
    sha256: token.sha256,
    label: token.label,
    access: token.access,
    scope: token.scope,
    teams: token.teams === null ? null : JSON.stringify(token.teams),
    origin: token.origin === null ? null : JSON.stringify(token.origin),
    created_at_ms: token.createdAtMs,
    expires_at_ms: token.expiresAtMs,
    revoked_at_ms: token.revokedAtMs,
  };
}

function toToken(row: TokenRow): StoredToken {
  return {
    id: row.id,
    sha256: row.sha256,
    label: row.label,
    access: row.access as TokenAccess,
    scope: row.scope as ArtifactScope,
    teams: row.teams === null ? null : (JSON.parse(row.teams) as string[]),
    origin: row.origin === null ? null : (JSON.parse(row.origin) as TokenOrigin),
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms,
  };
}
