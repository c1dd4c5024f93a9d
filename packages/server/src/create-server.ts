import type { Server as HttpsServer } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { openArtifactCache } from './artifacts/open-artifact-cache.ts';
import { isLarderError } from './errors/larder-error.ts';
import { evictionLimitsOf, uploadLimitsOf } from './eviction/limits-of-options.ts';
import { createApp } from './http/create-app.ts';
import { drain, listen } from './http/listen.ts';
import { observedParts } from './http/observed-parts.ts';
import { createUsageCounting } from './http/record-requests.ts';
import { keepTlsRenewed, readTlsFiles, type TlsFiles } from './http/tls-files.ts';
import { asksForTraces } from './options/environment.ts';
import { startTracing } from './tracing/start-tracing.ts';
import { createLog } from './logging/create-log.ts';
import {
  resolveServerOptions,
  type ResolvedServerOptions,
  type ServerOptions,
} from './options/server-options.ts';
import { createIdentityExchange } from './oidc/identity-exchange.ts';
import { dataUnusable } from './storage/data-directory.ts';
import { openStorage } from './storage/open-storage.ts';
import { findStartTokens } from './tokens/start-tokens.ts';
import { createTokenVerifier } from './tokens/token-verifier.ts';
import { createUsageWriter, type UsageWriter } from './usage/usage-writer.ts';

const POISONING_WARNING =
  'Every token of this server may write what everybody gets, so that any job that has one can ' +
  'poison the cache. Give pull requests a token of an isolated scope, and readers one that reads.';

/** A server over its opened storage. It holds its data folder, if it has one, until it is closed. */
export interface LarderServer {
  /** Absolute path; null where nothing is kept in a folder. */
  readonly dataDirectory: string | null;
  /** The read-write token kept in the data folder; null where others were configured or created. */
  readonly token: string | null;
  /**
   * Starts to listen.
   *
   * @returns the base URL for clients on this machine, with the real port.
   * @throws LarderError `LARDER_SERVER_LISTEN_FAILED`
   */
  listen(): Promise<string>;
  /**
   * Stops accepting, lets requests in flight finish for at most `drainTimeoutMs`, then gives the
   * storage back. May be called at any time, and again.
   */
  close(): Promise<void>;
}

/**
 * Opens the storage, removes what a crash may have left in its data folder, and prepares a server.
 *
 * @throws LarderError `LARDER_SERVER_OPTIONS_INVALID`, `LARDER_SERVER_HOST_NEEDS_TOKENS`,
 * `LARDER_SERVER_DATA_UNUSABLE`, `LARDER_SERVER_DATA_LOCKED`, `LARDER_SERVER_INDEX_INCOMPATIBLE`,
 * `LARDER_SERVER_INDEX_MISSING`, `LARDER_SERVER_TOKEN_FILE_INVALID`, `LARDER_SERVER_TLS_UNUSABLE`,
 * `LARDER_SERVER_STORAGE_FAILED`.
 */
export async function createServer(options: ServerOptions = {}): Promise<LarderServer> {
  const resolved = resolveServerOptions(options);
  const log = createLog(resolved.logLevel);
  const tlsFiles = tlsFilesOf(resolved);
  const tls = tlsFiles === null ? null : await readTlsFiles(tlsFiles);
  const { logger } = log;
  const storage = await openStorage(resolved, 'own', (message, err) => {
    logger.warn({ err }, message);
  });
  const { blobs, metadata, areBlobsShared } = storage;
  let usageWriter: UsageWriter | null = null;
  try {
    const { localToken, tokens, mayAllPoison } = await findStartTokens({
      configured: resolved.tokens,
      hasIssuers: resolved.oidc.length > 0,
      host: resolved.host,
      dataDirectory: storage.dataDirectory,
      store: metadata.tokens,
    });
    if (mayAllPoison) logger.warn(POISONING_WARNING);
    const limits = evictionLimitsOf(resolved);
    const counting = createUsageCounting();
    const { recorder } = counting;
    const cache = await openArtifactCache({
      blobs,
      metadata,
      areBlobsShared,
      limits,
      recorder,
      logger,
    });
    usageWriter = createUsageWriter({
      recorder,
      store: metadata.usage,
      retentionMs: resolved.usageRetentionMs === 0 ? null : resolved.usageRetentionMs,
      onTrouble: (message, err) => {
        logger.warn({ err }, message);
      },
    });
    const verifyToken = createTokenVerifier({ tokens, store: metadata.tokens });
    const writer = usageWriter;
    const exchange =
      resolved.oidc.length === 0
        ? null
        : createIdentityExchange({ issuers: resolved.oidc, store: metadata.tokens });
    const tracing = asksForTraces() ? startTracing(logger) : null;
    const app = createApp({
      cache,
      verifyToken,
      exchange,
      limits: { ...resolved, ...uploadLimitsOf(resolved) },
      signatureKeys: resolved.signatureKeys,
      ...observedParts({
        ...{ cache, metadata, blobs, limits, counting, usageWriter, trouble: log.trouble },
        metricsAccess: resolved.metricsAccess,
      }),
      tracing,
      tls,
      trustedProxies: resolved.trustedProxies,
      logger,
    });
    const endTlsWatch = tlsFiles === null ? null : renewTls(app, tlsFiles, logger);
    return {
      dataDirectory: storage.dataDirectory,
      token: localToken,
      listen: () => listen(app, { ...resolved, isTls: tls !== null }),
      close: once(async () => {
        endTlsWatch?.();
        await drain(app, resolved.drainTimeoutMs);
        await cache.close();
        await tracing?.close();
        await writer.close();
        await storage.close();
        await log.close();
      }),
    };
  } catch (error) {
    await usageWriter?.close();
    await storage.close();
    if (isLarderError(error) || storage.dataDirectory === null) throw error;
    throw dataUnusable(storage.dataDirectory, error);
  }
}

function tlsFilesOf(options: ResolvedServerOptions): TlsFiles | null {
  const { tlsCertificateFile: certificateFile, tlsKeyFile: keyFile } = options;
  return certificateFile === '' ? null : { certificateFile, keyFile };
}

function renewTls(app: FastifyInstance, files: TlsFiles, logger: Logger): () => void {
  return keepTlsRenewed(app.server as unknown as HttpsServer, {
    files,
    onRenewed: () => {
      logger.info('the certificate has been renewed');
    },
    onTrouble: (error) => {
      logger.error({ err: error }, 'the renewed certificate cannot be used');
    },
  });
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
