import { createToken } from '../tokens/create-token.ts';
import type { StoredToken, TokenStore } from '../tokens/token-store.ts';
import { claimText, type Claims } from './claims.ts';
import { labelOf, originOf } from './identity-origin.ts';
import { compileIdentityRules, type IdentityRules } from './identity-rules.ts';
import { createIdentityVerifier } from './identity-verifier.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import type { OidcIssuer, OidcRule } from './oidc-issuer.ts';
import { issuerOf } from './oidc-options.ts';
import { githubActionsRules, gitlabRules } from './presets.ts';

const DEFAULT_TOKEN_LIFETIME_MS = 60 * 60 * 1000;

/** Expired tokens are shown in lists for as long as somebody may wonder about them. */
const EXPIRED_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Exchanges signed identities of CI jobs for tokens of this server. */
export interface IdentityExchange {
  /** What an identity has to be made out to. */
  offers: readonly { issuer: string; audience: string }[];
  /**
   * @throws LarderError `LARDER_SERVER_ISSUER_UNAVAILABLE`, `LARDER_SERVER_STORAGE_FAILED`.
   */
  exchange(identity: string): Promise<ExchangeOutcome>;
}

export type ExchangeOutcome =
  | { isGranted: true; token: string; stored: StoredToken & { expiresAtMs: number } }
  /** For the log of the server, not for who asked. `claims` are those that were verified, if any. */
  | { isGranted: false; reason: string; claims: Readonly<Record<string, string>> };

export interface IdentityExchangeOptions {
  issuers: readonly OidcIssuer[];
  store: Pick<TokenStore, 'add' | 'removeExpired'>;
  /** Milliseconds since 1970. */
  now?: () => number;
}

interface Entry {
  issuer: string;
  audience: string;
  preset: OidcIssuer['preset'];
  tokenLifetimeMs: number;
  rules: IdentityRules;
  /** What a person who writes rules has to see of an identity that none of them matches. */
  claimNames: readonly string[];
}

export function createIdentityExchange(options: IdentityExchangeOptions): IdentityExchange {
  const { issuers, store, now = Date.now } = options;
  const entries = issuers.map(toEntry);
  const keysOf = new Map(
    issuers.map((entry) => {
      const issuer = issuerOf(entry);
      return [issuer, createIssuerKeys({ issuer, jwksUri: entry.jwksUri, now })];
    }),
  );
  const verify = createIdentityVerifier({ keysOf, now });

  async function mint({ preset, tokenLifetimeMs, rules }: Entry, claims: Claims) {
    const grant = rules(claims);
    if (grant === null) return null;
    const nowMs = now();
    const expiresAtMs = nowMs + tokenLifetimeMs;
    const label = labelOf(preset, claims);
    const origin = originOf(claims);
    const { token, stored } = createToken({ ...grant, label, origin, expiresAtMs }, nowMs);
    // Nothing else lets so many tokens expire.
    await store.removeExpired(nowMs - EXPIRED_KEPT_MS);
    await store.add(stored);
    return { isGranted: true as const, token, stored: { ...stored, expiresAtMs } };
  }

  return {
    offers: entries.map(({ issuer, audience }) => ({ issuer, audience })),
    async exchange(identity) {
      const verification = await verify(identity);
      if (!verification.isGenuine) return refusal(verification.reason, {});
      const { issuer, audiences, claims } = verification;
      const candidates = entries.filter(
        (entry) => entry.issuer === issuer && audiences.includes(entry.audience),
      );
      if (candidates.length === 0) {
        return refusal('unexpected audience', textsOf(claims, ['iss', 'sub', 'aud']));
      }
      for (const entry of candidates) {
        const granted = await mint(entry, claims);
        if (granted !== null) return granted;
      }
      const names = candidates.flatMap(({ claimNames }) => claimNames);
      return refusal('no rule matches', textsOf(claims, ['iss', 'sub', 'ref', ...names]));
    },
  };
}

function toEntry(options: OidcIssuer): Entry {
  const rules = rulesOf(options);
  return {
    issuer: issuerOf(options),
    audience: options.audience,
    preset: options.preset,
    tokenLifetimeMs: options.tokenLifetimeMs ?? DEFAULT_TOKEN_LIFETIME_MS,
    rules: compileIdentityRules(rules),
    claimNames: rules.flatMap(({ claims }) => Object.keys(claims)),
  };
}

function rulesOf(options: OidcIssuer): readonly OidcRule[] {
  if (options.preset === 'github-actions') return githubActionsRules(options);
  return options.preset === 'gitlab' ? gitlabRules(options) : options.rules;
}

function refusal(reason: string, claims: Readonly<Record<string, string>>): ExchangeOutcome {
  return { isGranted: false, reason, claims };
}

/** Claims for the log. Others may be about people, such as their addresses. */
function textsOf(claims: Claims, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = claimText(claims, name);
      return text === null ? [] : [[name, text]];
    }),
  );
}
