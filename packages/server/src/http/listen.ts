import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { LarderError } from '../errors/larder-error.ts';
import { messageOf } from '../errors/message-of.ts';

/** Connections that may wait to be accepted: Nx opens hundreds at once. */
const BACKLOG = 4096;

/**
 * Starts to listen.
 *
 * @returns the base URL for clients on this machine, with the real port.
 * @throws LarderError `LARDER_SERVER_LISTEN_FAILED`
 */
export async function listen(
  app: FastifyInstance,
  { host, port, isTls }: { host: string; port: number; isTls: boolean },
): Promise<string> {
  try {
    // One address, not the two that Fastify makes of `localhost`: a drain has to reach all.
    const { address } = await lookup(host);
    await app.listen({
      host: address,
      port,
      backlog: BACKLOG,
      listenTextResolver: () => 'listening',
    });
    return `${isTls ? 'https' : 'http'}://${authorityOf(host, address, app.server.address())}`;
  } catch (cause) {
    throw new LarderError(
      'LARDER_SERVER_LISTEN_FAILED',
      `Cannot listen on ${host}: ${messageOf(cause)}`,
      {
        hint: 'Choose another --host or --port; port 0 picks a free one.',
        cause,
      },
    );
  }
}

function authorityOf(
  host: string,
  address: string,
  bound: ReturnType<FastifyInstance['server']['address']>,
) {
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const wildcards: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const name = wildcards[address] ?? host;
  return `${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}

/** Stops to accept, lets requests in flight finish for a while, and then cuts them off. */
export async function drain(app: FastifyInstance, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => {
    app.server.closeAllConnections();
  }, timeoutMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
