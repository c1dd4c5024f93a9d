import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { forward } from './forward.ts';
import { createLine, type LineShape } from './line.ts';

export interface ShapedProxyOptions {
  /** The server behind it. */
  readonly target: string;
  /** What each of the two directions is like. */
  readonly shape: LineShape;
}

export interface ShapedProxy {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Passes TCP connections on to a server as a network would: every byte is delayed, all connections
 * share the bandwidth of their direction, and a new connection costs a round trip of its own.
 */
export async function createShapedProxy({
  target,
  shape,
}: ShapedProxyOptions): Promise<ShapedProxy> {
  const { hostname, port } = new URL(target);
  const upwards = createLine(shape);
  const downwards = createLine(shape);
  const sockets = new Set<Socket>();

  function watch(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  }

  async function connectThrough(client: Socket): Promise<void> {
    watch(client);
    // The client takes itself to be connected at once, because the proxy is near.
    if (shape.delayMs > 0) await delay(2 * shape.delayMs);
    if (client.destroyed) return;
    const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    watch(upstream);
    forward(client, upstream, upwards);
    forward(upstream, client, downwards);
  }

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    void connectThrough(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
