import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServerToken, TokenAccess } from './server-token.ts';

/** Who a request speaks for, as its token says. */
export interface Principal {
  label: string;
  access: TokenAccess;
  /** Teams that the token may use; null: every team. */
  teams: ReadonlySet<string> | null;
}

/** Finds the principal of a presented token; null when no such token is configured. */
export type TokenVerifier = (presented: string) => Principal | null;

/** Creates a verifier that keeps digests only and compares all of them in constant time. */
export function createTokenVerifier(tokens: readonly ServerToken[]): TokenVerifier {
  const entries = tokens.map(({ token, sha256, teams, access, label }) => {
    const digest = token === undefined ? Buffer.from(sha256 ?? '', 'hex') : digestOf(token);
    return {
      digest,
      principal: {
        label: label ?? digest.toString('hex').slice(0, 8),
        access,
        teams: teams === undefined ? null : new Set(teams),
      } satisfies Principal,
    };
  });

  return (presented) => {
    const digest = digestOf(presented);
    let found: Principal | null = null;
    // No early exit: the time must not tell which entry matched.
    for (const entry of entries) {
      if (timingSafeEqual(entry.digest, digest)) found ??= entry.principal;
    }
    return found;
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
