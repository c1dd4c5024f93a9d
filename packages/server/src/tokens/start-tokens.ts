import { LarderError } from '../errors/larder-error.ts';
import { isLoopback } from '../options/loopback-host.ts';
import { loadLocalToken } from './local-token.ts';
import type { ServerToken } from './server-token.ts';
import { isUsable, type StoredToken, type TokenStore } from './token-store.ts';

export interface StartTokens {
  /** The one that the server made itself; null where others were configured or created. */
  localToken: string | null;
  /** Those that are good besides what the store holds. */
  tokens: readonly ServerToken[];
  /** Whether there is no token that could be given to a job whose code nobody has reviewed. */
  mayAllPoison: boolean;
}

/**
 * Finds the tokens that a server starts with. Where none are configured it makes one, which lies in
 * its data folder and is printed at its start: nobody outside of this machine may get to where that
 * one is good.
 *
 * @throws LarderError `LARDER_SERVER_HOST_NEEDS_TOKENS`, `LARDER_SERVER_TOKEN_FILE_INVALID`.
 */
export async function findStartTokens(options: {
  configured: readonly ServerToken[];
  /** Whether jobs get tokens for their signed identities. */
  hasIssuers: boolean;
  host: string;
  /** Null: there is none to keep a token in. */
  dataDirectory: string | null;
  store: TokenStore;
}): Promise<StartTokens> {
  const { configured, hasIssuers, host, dataDirectory, store } = options;
  const stored = (await store.list()).filter((token) => isUsable(token, Date.now()));
  const mayAllPoison = !hasIssuers && doAllPoison([...configured, ...stored]);
  if (configured.length > 0) return { localToken: null, tokens: configured, mayAllPoison };
  if (isLoopback(host) && dataDirectory !== null) {
    const localToken = await loadLocalToken(dataDirectory);
    const tokens = [{ token: localToken, access: 'read-write' as const, label: 'local' }];
    return { localToken, tokens, mayAllPoison };
  }
  if (stored.length > 0 || hasIssuers) return { localToken: null, tokens: [], mayAllPoison };
  throw new LarderError(
    'LARDER_SERVER_HOST_NEEDS_TOKENS',
    dataDirectory === null
      ? 'A server that keeps nothing in a folder needs tokens.'
      : `Without tokens the server listens on loopback addresses only, not on "${host}".`,
    {
      hint: 'Create tokens with "larder-server token create", configure some (LARDER_SERVER_TOKENS, LARDER_SERVER_OIDC or the config file), or leave --host out.',
    },
  );
}

/** True also for a single token; false for none, as the local one does not leave this machine. */
function doAllPoison(tokens: readonly (ServerToken | StoredToken)[]): boolean {
  return (
    tokens.length > 0 &&
    tokens.every(({ access, scope = 'trusted' }) => access === 'read-write' && scope === 'trusted')
  );
}
