import type { ArtifactScope } from '../trust/artifact-scope.ts';

/** What a token allows: `read` downloads only, `read-write` uploads too. */
export type TokenAccess = 'read' | 'read-write';

/** One token as options and the config file name it: by itself or by its digest. */
export interface ServerToken {
  /** The token itself: visible ASCII characters without spaces. Give this or `sha256`. */
  token?: string | undefined;
  /** SHA-256 of the token as 64 hex digits, so that the config file holds no secret. */
  sha256?: string | undefined;
  /** `teamId` or `slug` values that the token may use; absent: every team. */
  teams?: string[] | undefined;
  access: TokenAccess;
  /**
   * Trust scope. `trusted` (the default) reads and writes what everybody gets; `isolated:<name>`
   * reads its own and trusted artifacts and writes its own.
   */
  scope?: ArtifactScope | undefined;
  /** ISO 8601 date and time from which on the token is refused. Absent: never. */
  expiresAt?: string | undefined;
  /** Name of the token in logs and stored metadata. Default: the first 8 digits of its digest. */
  label?: string | undefined;
}
