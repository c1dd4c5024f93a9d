import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly durationMs: number;
}

/** Sends requests over connections that stay open, and takes the time of each to its last byte. */
export interface TimingClient {
  readonly send: (method: 'GET' | 'PUT', path: string, body?: Buffer) => Promise<Answer>;
  readonly close: () => void;
}

export function createTimingClient(server: { url: string; token: string }): TimingClient {
  const agent = new Agent({ keepAlive: true });
  return {
    send: (method, path, body = Buffer.alloc(0)) =>
      new Promise((resolve, reject) => {
        const startedAt = performance.now();
        const headers = {
          authorization: `Bearer ${server.token}`,
          ...(method === 'PUT' ? { 'content-length': body.length } : {}),
        };
        const outgoing = request(server.url + path, { method, agent, headers }, (response) => {
          buffer(response).then((received) => {
            const durationMs = performance.now() - startedAt;
            resolve({ status: response.statusCode ?? 0, body: received, durationMs });
          }, reject);
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    close: () => {
      agent.destroy();
    },
  };
}
