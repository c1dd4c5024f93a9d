import type { Server as HttpsServer } from 'node:https';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { ArtifactCache } from '../artifacts/artifact-cache.ts';
import { artifactsApi } from '../artifacts-api/artifacts-api.ts';
import { dashboard } from '../dashboard/dashboard.ts';
import { larderApi, type LarderApiOptions } from '../larder-api/larder-api.ts';
import { metricsApi, type MetricsApiOptions } from '../metrics/metrics-api.ts';
import { nxCacheApi } from '../nx-cache-api/nx-cache-api.ts';
import type { IdentityExchange } from '../oidc/identity-exchange.ts';
import { oidcApi } from '../oidc/oidc-api.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';
import { traceRequests } from '../tracing/trace-requests.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { createClientErrors } from './client-errors.ts';
import { limitConnections } from './connection-limit.ts';
import { toErrorEnvelope, toErrorResponse } from './error-responses.ts';
import { healthApi, type HealthApiOptions } from './health-api.ts';
import { countRequests } from './rate-limit.ts';
import { recordError, recordRequests, type UsageCounting } from './record-requests.ts';
import { rewriteUrl } from './rewrite-url.ts';
import type { TlsMaterial } from './tls-files.ts';
import type { UploadLimits } from './upload.ts';

/**
 * Nx's client keeps idle connections for 90 s and never repeats a failed lookup: the server must be
 * the one that waits longer, here and for connections that were never used.
 */
const IDLE_CONNECTION_MS = 120_000;

/** Enough for a query of 50,000 hashes. */
const JSON_LIMIT_BYTES = 1024 ** 2;

/** Anything longer than a hash may be is refused as a bad hash, not as an unknown endpoint. */
const MAX_PATH_PARAMETER_LENGTH = 16_384;

/** 0: no limit. */
export interface TrafficLimits {
  maxRequestsPerMinutePerToken: number;
  maxConnections: number;
}

export interface AppParts {
  cache: ArtifactCache;
  verifyToken: TokenVerifier;
  /** Null where no issuer of identities is configured. */
  exchange: IdentityExchange | null;
  limits: UploadLimits & TrafficLimits;
  signatureKeys: Readonly<Record<string, string>>;
  counting: UsageCounting;
  larder: Omit<LarderApiOptions, 'cache' | 'verifyToken'>;
  metrics: Omit<MetricsApiOptions, 'verifyToken'>;
  health: HealthApiOptions;
  /** Null where nobody asks for traces. */
  tracing: Pick<Tracing, 'begin'> | null;
  /** Null: plain http. */
  tls: TlsMaterial | null;
  /** Addresses and networks whose `X-Forwarded-*` headers are believed. */
  trustedProxies: readonly string[];
  logger: FastifyBaseLogger;
}

/** Creates the HTTP application: all APIs, one error mapping, one log line for each request. */
export function createApp(parts: AppParts): FastifyInstance {
  const { cache, verifyToken, exchange, limits, signatureKeys, tls, trustedProxies, logger } =
    parts;
  const { counting, larder, metrics, health } = parts;
  const clientErrors = createClientErrors();
  const serverOptions = { headersTimeout: 0 };
  const options = {
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_LIMIT_BYTES,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER_LENGTH },
    rewriteUrl: ({ url }: { url?: string | undefined }) => rewriteUrl(url ?? '/'),
    keepAliveTimeout: IDLE_CONNECTION_MS,
    connectionTimeout: IDLE_CONNECTION_MS,
    // Uploads have a deadline of their own, for each byte instead of for the whole.
    requestTimeout: 0,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    maxRequestsPerSocket: 0,
    // What still arrives on open connections during a drain is served: a 503 would break Nx builds.
    return503OnClosing: false,
    frameworkErrors: (error: unknown, _request: FastifyRequest, reply: FastifyReply) => {
      sendError(reply, error);
    },
    clientErrorHandler: clientErrors.answer,
  };
  const app: FastifyInstance =
    tls === null
      ? fastify({ ...options, http: serverOptions })
      : asPlain(fastify({ ...options, https: { ...serverOptions, ...tls } }));

  app.server.on('request', clientErrors.track);
  app.decorateRequest('principal', null);
  app.setErrorHandler((error, request, reply) => {
    recordError(counting, request, error);
    return sendError(reply, error);
  });
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, Object.assign(new Error('no route'), { statusCode: 404 })),
  );
  if (parts.tracing !== null) traceRequests(app, parts.tracing);
  recordRequests(app, counting);
  logRequests(app);
  addSecurityHeaders(app, { isTls: tls !== null });
  closeConnectionsWhileDraining(app);

  countRequests(app, limits.maxRequestsPerMinutePerToken);
  limitConnections(app, limits.maxConnections);

  app.register(artifactsApi, {
    prefix: '/v8/artifacts',
    cache,
    verifyToken,
    limits,
    signatureKeys,
    counting,
  });
  app.register(nxCacheApi, { prefix: '/v1/cache', cache, verifyToken, limits, counting });
  app.register(larderApi, { prefix: '/larder/v1', cache, verifyToken, ...larder });
  app.register(metricsApi, { verifyToken, ...metrics });
  app.register(healthApi, health);
  app.register(dashboard);
  if (exchange !== null) app.register(oidcApi, { prefix: '/auth/oidc', exchange });
  return app;
}

function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const response = toErrorResponse(error);
  if (response.status >= 500) reply.log.error({ err: error }, 'a request failed');
  if (response.status === 401) reply.header('www-authenticate', 'Bearer');
  if (response.shouldClose) reply.header('connection', 'close');
  return reply
    .code(response.status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(toErrorEnvelope(response));
}

/** Whether there is TLS in between is nothing that routes could see. */
function asPlain(app: FastifyInstance<HttpsServer>): FastifyInstance {
  return app;
}

/**
 * For browsers that are led here: but for those of the dashboard, no answer of this server is a page,
 * a script or of any use to one. There is no `Access-Control-Allow-Origin` either, so that no web page
 * can read any.
 */
function addSecurityHeaders(app: FastifyInstance, { isTls }: { isTls: boolean }): void {
  const headers = {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    ...(isTls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        url: request.url,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        token: request.principal?.label,
        isComplete: reply.raw.writableFinished,
      },
      'request',
    );
    done();
  });
}

/** Node keeps a connection open whose answer began before the drain did; nobody would end it. */
function closeConnectionsWhileDraining(app: FastifyInstance): void {
  let isDraining = false;
  app.addHook('preClose', (done) => {
    isDraining = true;
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isDraining) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (_request, _reply, done) => {
    if (isDraining) {
      setImmediate(() => {
        app.server.closeIdleConnections();
      });
    }
    done();
  });
}
