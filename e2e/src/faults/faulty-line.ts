import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

import { type LarderServer } from '../server/start-larder-server.ts';
import { type FaultyServer } from './faulty-servers.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';

/** The way to a server in good health. All goes well on it until it is told otherwise. */
export interface FaultyLine extends FaultyServer {
  /** What happens to every request from now on. */
  readonly behave: (behaviour: Behaviour) => void;
  /** Breaks every connection and accepts no more of them. */
  readonly die: () => Promise<void>;
  /** Accepts connections again, at the same address. */
  readonly revive: () => Promise<void>;
}

export type Behaviour = (exchange: Exchange) => Promise<void>;

/** One request on its way. */
export interface Exchange {
  readonly kind: 'lookup' | 'upload' | 'other';
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /**
   * Passes the request on and returns what the server answers.
   *
   * @param body where it has been read already
   */
  readonly ask: (body?: Buffer) => Promise<Answer>;
  readonly answer: (answer: Answer) => void;
  /** Breaks the connection. */
  readonly cut: () => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export const passOn: Behaviour = async ({ ask, answer }) => {
  answer(await ask());
};

export async function openFaultyLine(
  server: Pick<LarderServer, 'url' | 'token'>,
): Promise<FaultyLine> {
  let behaviour = passOn;
  const http = createServer((request, response) => {
    const exchange = createExchange(server.url, request, response);
    behaviour(exchange).catch(() => {
      // The client has gone, or the fault has taken the connection away.
      exchange.cut();
    });
  });
  let open = await listenOnLoopback(http);
  const { url, port } = open;
  return {
    url,
    token: server.token,
    behave(next) {
      behaviour = next;
    },
    die: () => open.close(),
    async revive() {
      open = await listenOnLoopback(http, port);
    },
    async close() {
      if (http.listening) await open.close();
    },
  };
}

function createExchange(
  serverUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Exchange {
  return {
    kind: kindOf(request),
    request,
    response,
    ask: async (body) => askServer(serverUrl, request, body ?? (await buffer(request))),
    answer({ status, headers, body }) {
      response.writeHead(status, headers).end(body);
    },
    cut() {
      response.destroy();
    },
  };
}

function kindOf({ method, url = '' }: IncomingMessage): Exchange['kind'] {
  if (!/^\/v8\/artifacts\/[0-9a-f]{64}(\?|$)/.test(url)) return 'other';
  if (method === 'GET') return 'lookup';
  return method === 'PUT' ? 'upload' : 'other';
}

function askServer(serverUrl: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const { host } = new URL(serverUrl);
  return new Promise((resolve, reject) => {
    const sent = sendRequest(new URL(request.url ?? '/', serverUrl), {
      method: request.method ?? 'GET',
      headers: { ...request.headers, host, connection: 'close' },
    });
    sent.on('error', reject).on('response', (response) => {
      buffer(response).then((answered) => {
        const headers = { ...response.headers };
        // Of the connection to the server, not of the one to the client.
        delete headers.connection;
        resolve({ status: response.statusCode ?? 0, headers, body: answered });
      }, reject);
    });
    sent.end(body);
  });
}
