// Requests that no well-behaved client sends.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

interface Address {
  host: string;
  port: number;
}

export interface RawAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Writes bytes to a socket and returns all that comes back until the server hangs up. */
export async function exchange({ host, port }: Address, bytes: string): Promise<string> {
  const socket = await openSocket({ host, port });
  socket.write(bytes, 'latin1');
  return text(socket);
}

export async function openSocket({ host, port }: Address): Promise<Socket> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  return socket;
}

/** Sends a body in given pieces, each of them after the one before has left. */
export function sendInPieces(
  { host, port }: Address,
  request: { method: string; path: string; headers: Record<string, string | number> },
  pieces: Iterable<Uint8Array>,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host, port, ...request, agent: false });
    outgoing.setNoDelay(true);
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      text(incoming).then((body) => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
      }, reject);
    });
    void (async () => {
      for (const piece of pieces) {
        await new Promise<void>((written) => {
          outgoing.write(piece, () => {
            written();
          });
        });
      }
      outgoing.end();
    })();
  });
}
