import type { ArtifactScope } from '../trust/artifact-scope.ts';
import type { TokenAccess } from './server-token.ts';

/** What the signed identity of a CI job said of it. */
export interface TokenOrigin {
  repository: string | null;
  /** Git ref. */
  ref: string | null;
  /** The CI's number of the run. */
  run: string | null;
}

/** Who a request speaks for, as its token says. */
export interface Principal {
  /** Names the token without giving it away. */
  tokenId: string;
  label: string;
  access: TokenAccess;
  scope: ArtifactScope;
  /** Teams that the token may use; null: every team. */
  teams: ReadonlySet<string> | null;
  /** Null for a token that people made. */
  origin: TokenOrigin | null;
  /** Milliseconds since 1970; null: never. */
  expiresAtMs: number | null;
}
