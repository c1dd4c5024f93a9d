import { createArtifactsClient, type ArtifactsClient } from '@larder/client';
import { exchangeIdentity } from '../../agent/worker/identity-exchange.ts';
import type { ResolvedOptions } from '../../options/larder-options.ts';
import { packageVersion } from '../../package-version.ts';

/** Long enough for a slow server, short enough for somebody who waits. */
const timeoutMs = 5_000;

/** What the server is asked with. Holds a secret: never print it. */
export interface Connection {
  readonly url: string;
  readonly token: string;
  readonly client: ArtifactsClient;
  close(): Promise<void>;
}

/**
 * The server as commands of this workspace reach it: with their token, or with one for the identity of
 * the CI job. Null where there is neither.
 *
 * @throws LarderError `LARDER_OIDC_…`
 */
export async function connect(options: ResolvedOptions): Promise<Connection | null> {
  const { url, teamId, slug, signatureKey, identity } = options;
  const token =
    options.token ??
    (identity === null ? null : (await exchangeIdentity({ url, identity, timeoutMs })).token);
  if (token === null) return null;
  const client = createArtifactsClient({
    url,
    token,
    product: `larder-cli/${packageVersion()}`,
    connectTimeoutMs: timeoutMs,
    firstByteTimeoutMs: timeoutMs,
    stallTimeoutMs: timeoutMs,
    ...(teamId === null ? {} : { teamId }),
    ...(slug === null ? {} : { slug }),
    ...(signatureKey === null ? {} : { signatureKey }),
  });
  return { url, token, client, close: () => client.close() };
}
