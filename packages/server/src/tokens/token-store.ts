import type { ArtifactScope } from '../trust/artifact-scope.ts';
import type { TokenOrigin } from './principal.ts';
import type { TokenAccess } from './server-token.ts';

/** A token as it is kept: by its digest, never by itself. */
export interface StoredToken {
  /** Names the token in lists and records. */
  id: string;
  /** Of the token, lower-case hex. */
  sha256: string;
  label: string;
  access: TokenAccess;
  scope: ArtifactScope;
  /** Teams that it may use; null: every team. */
  teams: readonly string[] | null;
  /** Null for a token that people made. */
  origin: TokenOrigin | null;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  /** Milliseconds since 1970; null: never. */
  expiresAtMs: number | null;
  /** Milliseconds since 1970; null: not revoked. */
  revokedAtMs: number | null;
}

/**
 * Keeps tokens that are created and revoked while servers run. Every function fails with
 * `LARDER_SERVER_STORAGE_FAILED` when the storage does.
 */
export interface TokenStore {
  add(token: StoredToken): Promise<void>;
  /** The token of this digest (lower-case hex), usable or not; null when there is none. */
  findByDigest(sha256: string): Promise<StoredToken | null>;
  /** All of them, the oldest first. */
  list(): Promise<StoredToken[]>;
  /**
   * Makes a token unusable for good.
   *
   * @returns false when there is no token of this id that was not revoked before.
   */
  revoke(id: string, revokedAtMs: number): Promise<boolean>;
  /**
   * Forgets tokens that expired before a time, in milliseconds since 1970.
   *
   * @returns how many.
   */
  removeExpired(beforeMs: number): Promise<number>;
}

/** Whether a token is good at a time, in milliseconds since 1970. */
export function isUsable({ expiresAtMs, revokedAtMs }: StoredToken, nowMs: number): boolean {
  return revokedAtMs === null && (expiresAtMs === null || nowMs < expiresAtMs);
}
