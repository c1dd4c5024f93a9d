import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';

import { createMachine } from '../machines/create-machine.ts';
import { type LarderServer, startLarderServer } from '../server/start-larder-server.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';

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
  return openRefusingServer(500, 'The disk is on fire.');
}

/** Answers every request with 403, after having read it. */
export function openForbiddingServer(): Promise<FaultyServer> {
  return openRefusingServer(403, '{"error":{"code":"forbidden","message":"Not your team."}}');
}

/** Accepts every connection, reads all that comes and never answers. */
export function openSilentServer(): Promise<FaultyServer> {
  return listen(createTcpServer((socket) => socket.resume()));
}

/** A server in good health that does not know the token. */
export async function openServerWithAnotherToken(): Promise<FaultyServer> {
  const machine = await createMachine();
  const server = await startLarderServer(machine);
  return {
    url: server.url,
    token: 'a-token',
    async close() {
      await server.stop();
      await machine.remove();
    },
  };
}

function openRefusingServer(status: number, body: string): Promise<FaultyServer> {
  return listen(
    createHttpServer((request, response) => {
      request.resume().on('end', () => {
        const type = body.startsWith('{') ? 'application/json' : 'text/plain';
        response.writeHead(status, { 'content-type': type }).end(body);
      });
    }),
  );
}

async function listen(server: Server): Promise<FaultyServer> {
  const { url, close } = await listenOnLoopback(server);
  return { url, token: 'a-token', close };
}
