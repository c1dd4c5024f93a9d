import { type Socket } from 'node:net';
import { buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { createClientError } from '../errors/client-errors.ts';
import { type ResolvedOptions } from '../resolve-options.ts';

export interface ConnectionPool {
  readonly dispatcher: Dispatcher;
  /** Ends every connection, the ones that are not there yet included. */
  close(): Promise<void>;
}

/**
 * The connections of one client: to the server itself or through the proxies of the environment.
 * Throws `LARDER_CLIENT_OPTION_INVALID` for a proxy that is none.
 */
export function createConnectionPool(options: ResolvedOptions): ConnectionPool {
  const { httpProxy, httpsProxy, noProxy } = options.environment;
  const tls = {
    timeout: options.connectTimeoutMs,
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off: what arrives is run.
    rejectUnauthorized: true,
  };
  const connecting = createConnecting(buildConnector(tls));
  const dispatcher = new EnvHttpProxyAgent({
    // Empty means none; what is absent undici would look up itself.
    httpProxy: checkProxy(httpProxy) ?? '',
    httpsProxy: checkProxy(httpsProxy) ?? '',
    noProxy: noProxy ?? '',
    connections: options.maxConnections,
    connect: connecting.connect,
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
    async close() {
      connecting.giveUp();
      await dispatcher.destroy();
    },
  };
}

/** undici leaves what is still connecting when it is destroyed to the time-out. */
function createConnecting(connect: buildConnector.connector) {
  const sockets = new Set<Socket>();
  const tracked: buildConnector.connector = (options, callback) => {
    // undici's connector returns the socket; its types do not say so.
    const socket = (connect as (...args: Parameters<typeof connect>) => Socket)(
      options,
      (...result) => {
        sockets.delete(socket);
        callback(...result);
      },
    );
    sockets.add(socket);
    return socket;
  };
  return {
    connect: tracked,
    giveUp() {
      for (const socket of sockets) socket.destroy();
    },
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
