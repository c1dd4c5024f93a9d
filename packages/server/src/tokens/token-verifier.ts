import { timingSafeEqual } from 'node:crypto';
import { digestOf } from './create-token.ts';
import type { Principal } from './principal.ts';
import type { ServerToken } from './server-token.ts';
import { isUsable, type StoredToken, type TokenStore } from './token-store.ts';

const SHORT_DIGEST_LENGTH = 8;

/** Finds the principal of a presented token; null for one that is unknown, expired or revoked. */
export type TokenVerifier = (presented: string) => Promise<Principal | null>;

export interface TokenVerifierOptions {
  /** Those of the configuration. */
  tokens: readonly ServerToken[];
  /** Those that come and go while the server runs. */
  store: TokenStore;
  /** Milliseconds since 1970. */
  now?: () => number;
}

interface ConfiguredToken {
  digest: Buffer;
  principal: Principal;
}

/** Creates a verifier that knows digests only. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { store, now = Date.now } = options;
  const configured = options.tokens.map(toConfiguredToken);

  function findConfigured(digest: Buffer): ConfiguredToken | null {
    let found: ConfiguredToken | null = null;
    // No early exit: the time must not tell which entry matched.
    for (const entry of configured) {
      if (timingSafeEqual(entry.digest, digest)) found ??= entry;
    }
    return found;
  }

  return async (presented) => {
    const digest = digestOf(presented);
    const known = findConfigured(digest);
    if (known !== null) return hasExpired(known.principal, now()) ? null : known.principal;
    // What the look-up's time tells is about the digest of a guess, which leads nobody to a token.
    const stored = await store.findByDigest(digest.toString('hex'));
    return stored !== null && isUsable(stored, now()) ? principalOf(stored) : null;
  };
}

function toConfiguredToken(options: ServerToken): ConfiguredToken {
  const { token, sha256, teams, access, label, scope = 'trusted', expiresAt } = options;
  const digest = token === undefined ? Buffer.from(sha256 ?? '', 'hex') : digestOf(token);
  const shortDigest = digest.toString('hex').slice(0, SHORT_DIGEST_LENGTH);
  return {
    digest,
    principal: {
      tokenId: shortDigest,
      label: label ?? shortDigest,
      access,
      scope,
      teams: teams === undefined ? null : new Set(teams),
      origin: null,
      expiresAtMs: expiresAt === undefined ? null : Date.parse(expiresAt),
    },
  };
}

function hasExpired({ expiresAtMs }: Principal, nowMs: number): boolean {
  return expiresAtMs !== null && nowMs >= expiresAtMs;
}

function principalOf(token: StoredToken): Principal {
  const { id, label, access, scope, teams, origin, expiresAtMs } = token;
  return {
    tokenId: id,
    label,
    access,
    scope,
    teams: teams === null ? null : new Set(teams),
    origin,
    expiresAtMs,
  };
}
