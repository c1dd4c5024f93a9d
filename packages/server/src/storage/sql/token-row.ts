// What the table `token` has in its columns, and what that means.
import type { Selectable } from 'kysely';
import type { TokenOrigin } from '../../tokens/principal.ts';
import type { TokenAccess } from '../../tokens/server-token.ts';
import type { StoredToken } from '../../tokens/token-store.ts';
import type { ArtifactScope } from '../../trust/artifact-scope.ts';
import type { DatabaseSchema } from './database-schema.ts';

export type TokenRow = Selectable<DatabaseSchema['token']>;

export function toRow(token: StoredToken): TokenRow {
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

export function toToken(row: TokenRow): StoredToken {
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
