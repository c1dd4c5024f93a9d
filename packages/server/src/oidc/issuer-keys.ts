import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { hasErrnoCode } from '../errors/has-errno-code.ts';
import { LarderError } from '../errors/larder-error.ts';
import { fetchJson } from './fetch-json.ts';
import { problemOfIssuerUrl } from './issuer-url.ts';

/** A key that its issuer has withdrawn is good for this long at most. */
const MAX_AGE_MS = 10 * 60 * 1000;

/** An unknown key is looked for again this long after the last time: anybody can make one up. */
const COOLDOWN_MS = 30_000;

/** An issuer that fails is left alone for this long: anybody can send what its keys are needed for. */
const FAILURE_COOLDOWN_MS = 2_000;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

export interface IssuerKeysOptions {
  issuer: string;
  jwksUri: string | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
}

interface KeySet {
  find: JWTVerifyGetKey;
  fetchedAtMs: number;
}

/**
 * Finds the key that a token of this issuer is signed with. Keys are fetched when they are needed,
 * kept for a while, and fetched again for a key that is not among them.
 *
 * The function throws LarderError `LARDER_SERVER_ISSUER_UNAVAILABLE`, or what jose throws for a key
 * that there is not.
 */
export function createIssuerKeys({ issuer, jwksUri, now }: IssuerKeysOptions): JWTVerifyGetKey {
  let known: KeySet | null = null;
  let fetching: Promise<KeySet> | null = null;
  let failure: { error: LarderError; atMs: number } | null = null;

  /** Of many that need the keys at the same time one fetches them. */
  function refresh(): Promise<KeySet> {
    if (failure !== null && now() - failure.atMs < FAILURE_COOLDOWN_MS) {
      return Promise.reject(failure.error);
    }
    fetching ??= fetchKeySet()
      .then((keySet) => (known = keySet))
      .finally(() => (fetching = null));
    return fetching;
  }

  async function fetchKeySet(): Promise<KeySet> {
    const fetchedAtMs = now();
    try {
      const keySet = keySetSchema.parse(await fetchJson(jwksUri ?? (await discoverKeys(issuer))));
      return { find: createLocalJWKSet(keySet as JSONWebKeySet), fetchedAtMs };
    } catch (cause) {
      const error = keysUnavailable(issuer, cause);
      failure = { error, atMs: now() };
      throw error;
    }
  }

  return async (header, token) => {
    const isFresh = known !== null && now() - known.fetchedAtMs < MAX_AGE_MS;
    const keySet = isFresh && known !== null ? known : await refresh();
    try {
      return await keySet.find(header, token);
    } catch (error) {
      const isUnknown = hasErrnoCode(error, 'ERR_JWKS_NO_MATCHING_KEY');
      if (!isUnknown || now() - keySet.fetchedAtMs < COOLDOWN_MS) throw error;
      return (await refresh()).find(header, token);
    }
  };
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function discoverKeys(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  const configuration = discoverySchema.parse(await fetchJson(url));
  if (configuration.issuer !== issuer) throw new Error(`${url} is about another issuer`);
  const problem = problemOfIssuerUrl(configuration.jwks_uri);
  if (problem !== null) throw new Error(`jwks_uri of ${url} ${problem}`);
  return configuration.jwks_uri;
}

function keysUnavailable(issuer: string, cause: unknown): LarderError {
  return new LarderError(
    'LARDER_SERVER_ISSUER_UNAVAILABLE',
    `The keys of ${issuer} cannot be fetched.`,
    {
      hint: 'Check the connection from the server to the issuer, and the options issuer and jwksUri.',
      cause,
    },
  );
}
