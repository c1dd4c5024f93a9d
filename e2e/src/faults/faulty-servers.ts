import { createServer as createHttpServer } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';

import { type LarderServer } from '../server/start-larder-server.ts';

/** What a workspace is told to use as its remote cache. */
export type FaultyServer = Pick<LarderServer, 'url' | 'token'> & {
  readonly close: () => Promise<void>;
};

/** Nobody listens there any more. */
export async function openStoppedServer(): Promise<FaultyServer> {
  const server = await listen(createTcpServer());
  await server.close();
  return { ...server, close: () => Promise.resolve() };
}

/** Answers every request with 500, after having read it. */
export function openFailingServer(): Promise<FaultyServer> {
  return listen(
    createHttpServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end('The disk is on fire.');
      });
    }),
  );
}

/** Accepts every connection, reads all that comes and never answers. */
export function openSilentServer(): Promise<FaultyServer> {
  return listen(createTcpServer((socket) => socket.resume()));
}

async function listen(server: Server): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token: 'a-token',
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
