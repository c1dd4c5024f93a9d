import { setMaxListeners } from 'node:events';
import { buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { createClientError } from '../errors/client-errors.ts';
import { type ResolvedOptions } from '../resolve-options.ts';

/** What a connection holds at most of what the system has not taken yet, before its user has to wait. */
export const SOCKET_BUFFER_BYTES = 64 * 1024;

export interface ConnectionPool {
  readonly dispatcher: Dispatcher;
  /**
   * Whether `error` ended a connection that had served other requests before, so that the server may
   * have ended it while the request was on its way. Not known of connections through a proxy.
   */
  isLossOfUsedConnection(error: unknown): boolean;
  /** Ends every connection, the ones that are not there yet included. */
  close(): Promise<void>;
}

/**
 * The connections of one client: to the server itself or through the proxies of the environment.
 * Throws `LARDER_CLIENT_OPTION_INVALID` for a proxy that is none.
 */
export function createConnectionPool(options: ResolvedOptions): ConnectionPool {
  const { httpProxy, httpsProxy, noProxy } = options.environment;
  const closing = new AbortController();
  // One for each connection; node 20 takes more than ten for a leak.
  setMaxListeners(0, closing.signal);
  const tls = {
    timeout: options.connectTimeoutMs,
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off: what arrives is run.
    rejectUnauthorized: true,
    // undici leaves what is still connecting when it is destroyed to the time-out.
    signal: closing.signal,
    highWaterMark: SOCKET_BUFFER_BYTES,
  };
  const connections = watchConnections(buildConnector(tls));
  const dispatcher = new EnvHttpProxyAgent({
    // Empty means none; what is absent undici would look up itself.
    httpProxy: checkProxy(httpProxy) ?? '',
    httpsProxy: checkProxy(httpsProxy) ?? '',
    noProxy: noProxy ?? '',
    connections: options.maxConnections,
    connect: connections.connect,
    requestTls: tls,
    proxyTls: tls,
    // A proxy that does not say whether it connects.
    clientFactory: (origin, proxyOptions) =>
      new Pool(origin, { ...proxyOptions, headersTimeout: options.connectTimeoutMs }),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    dispatcher,
    isLossOfUsedConnection: connections.isLossOfUsed,
    async close() {
      await dispatcher.destroy();
      closing.abort();
    },
  };
}

/** Notes which connections had been answered on when they were lost. */
function watchConnections(connect: buildConnector.connector) {
  const lossesOfUsed = new WeakSet();
  const watched: buildConnector.connector = (options, callback) => {
    connect(options, (...result) => {
      const [, socket] = result;
      socket?.on('error', (error: Error) => {
        // Only answers count: of TLS, node leaves the handshake out.
        if (socket.bytesRead > 0) lossesOfUsed.add(error);
      });
      callback(...result);
    });
  };
  return {
    connect: watched,
    isLossOfUsed: (error: unknown) =>
      typeof error === 'object' && error !== null && lossesOfUsed.has(error),
  };
}

/** Like curl, takes a proxy without a scheme for an HTTP proxy. */
function checkProxy(proxy: string | null): string | null {
  if (proxy === null) return null;
  const full = proxy.includes('://') ? proxy : `http://${proxy}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return full;
  // Not repeated in the message: it may hold a password.
  throw createClientError(
    'LARDER_CLIENT_OPTION_INVALID',
    'The proxy in the environment (HTTP_PROXY, HTTPS_PROXY) is not an http or https URL',
  );
}
