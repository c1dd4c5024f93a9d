import type { AuthorizedConfiguration, RunConfiguration } from '../protocol/run-configuration.ts';
import { exchangeIdentity, type Access } from './identity-exchange.ts';

/** A token that is about to expire is no good for another command. */
const minRemainingMs = 10 * 60 * 1000;

/**
 * Gets the token of a run that has none, the same one for runs of the same job. Throws what
 * {@link exchangeIdentity} does.
 */
export type RunAuthorization = (
  configuration: RunConfiguration,
) => Promise<AuthorizedConfiguration>;

export function createRunAuthorization({ now }: { readonly now: () => number }): RunAuthorization {
  /** By server and identity; also those that are being got. */
  const accesses = new Map<string, Promise<Access>>();

  async function isStillGood(access: Promise<Access>): Promise<boolean> {
    try {
      return (await access).expiresAtMs - now() > minRemainingMs;
    } catch {
      return false;
    }
  }

  async function accessFor(configuration: RunConfiguration): Promise<Access> {
    const { upstream, identity, lookupTimeoutMs } = configuration;
    if (identity === null) throw new TypeError('The run has neither token nor identity');
    const name = JSON.stringify([upstream.url, identity]);
    const known = accesses.get(name);
    if (known && (await isStillGood(known))) return known;
    // As long as a lookup waits for a server: for a connection, and for an answer.
    const timeoutMs = 2 * lookupTimeoutMs;
    const access = exchangeIdentity({ url: upstream.url, identity, timeoutMs });
    accesses.set(name, access);
    return access;
  }

  return async (configuration) => {
    const { token, mayWrite } = await accessFor(configuration);
    const { mode } = configuration;
    // What the server would refuse is not even sent.
    return { ...configuration, token, mode: mode === 'read-write' && !mayWrite ? 'read' : mode };
  };
}
