import {
  CLIENT_ERRORS,
  createArtifactsClient,
  isLarderError,
  type ArtifactsClient,
} from '@larder/client';
import { packageVersion } from '../../package-version.ts';
import type { AuthorizedConfiguration } from '../protocol/run-configuration.ts';

/** An upload may wait for a server that writes to slow storage; nobody waits for the upload. */
const uploadFirstByteTimeoutMs = 30_000;
const uploadStallTimeoutMs = 30_000;

/**
 * The server as one run sees it. Lookups, uploads and surveys have a client each: a lookup holds a
 * task up and gives in quickly, an upload has time, a survey is not even needed.
 */
export interface Upstream {
  readonly lookups: ArtifactsClient;
  readonly uploads: ArtifactsClient;
  /** Asks for many artifacts at once; what goes wrong with that is no reason to doubt the server. */
  readonly surveys: ArtifactsClient;
  /** Whether the server is out of reach as far as is known: then uploads are not even tried. */
  isDown(): boolean;
  /** Notes how a request ended: an error, or null for an answer. */
  observe(error: unknown): void;
  close(): Promise<void>;
}

export function createUpstream(configuration: AuthorizedConfiguration): Upstream {
  const { upstream, token, signatureKey, lookupConcurrency, lookupTimeoutMs } = configuration;
  const shared = {
    url: upstream.url,
    token,
    product: `larder-nx/${packageVersion()}`,
    ...(upstream.teamId === null ? {} : { teamId: upstream.teamId }),
    ...(upstream.slug === null ? {} : { slug: upstream.slug }),
    ...(signatureKey === null ? {} : { signatureKey }),
  };
  const lookups = createArtifactsClient({
    ...shared,
    maxConnections: lookupConcurrency,
    connectTimeoutMs: lookupTimeoutMs,
    firstByteTimeoutMs: lookupTimeoutMs,
  });
  const surveys = createArtifactsClient({ ...shared, maxConnections: 1 });
  const uploads = createArtifactsClient({
    ...shared,
    maxConnections: configuration.uploadConcurrency,
    firstByteTimeoutMs: uploadFirstByteTimeoutMs,
    stallTimeoutMs: uploadStallTimeoutMs,
  });
  let hasAnswered = false;
  let isDown = false;

  return {
    lookups,
    uploads,
    surveys,
    isDown: () => isDown,
    observe(error) {
      if (isOutage(error)) isDown ||= !hasAnswered || isBreakerOpen(error);
      else if (error === null || isAnswer(error)) {
        hasAnswered = true;
        isDown = false;
      }
    },
    async close() {
      await Promise.all([lookups.close(), uploads.close(), surveys.close()]);
    },
  };
}

/** Whether an error says that the server could not be asked, rather than what it answered. */
export function isOutage(error: unknown): boolean {
  if (!isLarderError(error)) return false;
  const table: Readonly<Record<string, { readonly isOutage?: boolean } | undefined>> =
    CLIENT_ERRORS;
  return isBreakerOpen(error) || table[error.code]?.isOutage === true;
}

function isBreakerOpen(error: unknown): boolean {
  return isLarderError(error) && error.code === 'LARDER_OUTAGE_BREAKER_OPEN';
}

function isAnswer(error: unknown): boolean {
  return isLarderError(error) && /^LARDER_(HTTP|ACCESS)_/.test(error.code);
}
