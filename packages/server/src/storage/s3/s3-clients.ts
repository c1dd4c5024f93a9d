import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3, type S3ClientConfig } from '@aws-sdk/client-s3';
import { withoutSdkNodeWarning } from '../../options/environment.ts';
import type { ResolvedS3Options } from './s3-options.ts';
import type { S3Timeouts } from './s3-timeouts.ts';

/**
 * The SDK's clients of one bucket. Each has connections of its own, so that a lookup never waits for
 * whatever large is under way.
 */
export interface S3Clients {
  /** For requests that are answered at once. */
  lookups: S3;
  downloads: S3;
  uploads: S3;
  close(): void;
}

/** Of lookups, and of parts on their way, of which the memory for them lets there be fewer. */
const MAX_SOCKETS = 64;

/** A download has a connection for as long as its client takes. */
const MAX_DOWNLOAD_SOCKETS = 256;

const MAX_ATTEMPTS = 3;
const DEFAULT_REGION = 'us-east-1';

/** What the SDK tells nobody but a developer. */
const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

export async function createS3Clients(
  options: ResolvedS3Options,
  timeouts: S3Timeouts,
): Promise<S3Clients> {
  const { endpoint, forcePathStyle } = options;
  const { connectMs: connectionTimeout, firstByteMs, uploadIdleMs } = timeouts;
  const common: S3ClientConfig = {
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle,
    region: options.region ?? (await findRegion()),
    maxAttempts: MAX_ATTEMPTS,
    // Others than AWS answer its own checksums with an error. What is sent has a Content-MD5.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK would open a connection for each part, without any limit.
    expectContinueHeader: false,
    logger: SILENT,
  };
  const first = { requestTimeout: firstByteMs, throwOnRequestTimeout: true };
  const lookups = createClient(common, {
    requestHandler: { connectionTimeout, ...first, ...createAgents(MAX_SOCKETS) },
  });
  // Asked for once, and again when they expire, not by each client.
  const { credentials } = lookups.config;
  const downloads = createClient(common, {
    credentials,
    requestHandler: { connectionTimeout, ...first, ...createAgents(MAX_DOWNLOAD_SOCKETS) },
  });
  const uploads = createClient(common, {
    credentials,
    requestHandler: {
      connectionTimeout,
      socketTimeout: uploadIdleMs,
      ...createAgents(MAX_SOCKETS),
    },
  });
  return {
    lookups,
    downloads,
    uploads,
    close() {
      for (const client of [lookups, downloads, uploads]) client.destroy();
    },
  };
}

function createClient(common: S3ClientConfig, own: S3ClientConfig): S3 {
  return withoutSdkNodeWarning(() => new S3({ ...common, ...own }));
}

function createAgents(maxSockets: number) {
  return {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets }),
    logger: SILENT,
  };
}

/** The region of the SDK's variables and files. */
async function findRegion(): Promise<string> {
  const client = createClient({}, {});
  try {
    return await client.config.region();
  } catch {
    return DEFAULT_REGION;
  } finally {
    client.destroy();
  }
}

function ignore(): void {
  // Nobody is told.
}
