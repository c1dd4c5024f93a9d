import type { Principal } from '../tokens/principal.ts';

/** What a token is for, and which server says so. */
export interface WhoAmI extends Pick<Principal, 'tokenId' | 'label' | 'access' | 'scope'> {
  /** Teams that the token may use; null: every team. */
  teams: string[] | null;
  /** Milliseconds since 1970; null: never. */
  expiresAtMs: number | null;
  /** Of the server. */
  version: string;
  /** Milliseconds since 1970, by the clock of the server. */
  serverTimeMs: number;
}

export function describePrincipal(
  { tokenId, label, access, scope, teams, expiresAtMs }: Principal,
  server: Pick<WhoAmI, 'version' | 'serverTimeMs'>,
): WhoAmI {
  const ownTeams = teams === null ? null : [...teams];
  return { tokenId, label, access, scope, teams: ownTeams, expiresAtMs, ...server };
}
