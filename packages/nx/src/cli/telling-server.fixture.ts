import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CliBed } from './cli-bed.fixture.ts';

export interface TellingServer {
  readonly url: string;
  /** The questions about what it tells, in their order. */
  readonly asked: readonly string[];
}

/** A server of Larder, as far as it tells this, and its status, to whoever has the token. */
export async function startTellingServer(
  bed: CliBed,
  { token, endpoint, status = 200, body }: TellingServerOptions,
): Promise<TellingServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    if (headers.authorization !== `Bearer ${token}`) response.writeHead(401).end();
    else if (url.startsWith('/v8/artifacts/status')) response.end('{"status":"enabled"}');
    else if (url.split('?', 1)[0] === `/larder/v1/${endpoint}`) {
      asked.push(url);
      response.writeHead(status).end(body);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bed.onCleanUp(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { asked, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}

export interface TellingServerOptions {
  readonly token: string;
  /** Below `/larder/v1`. */
  readonly endpoint: 'whoami' | 'usage';
  readonly status?: number;
  readonly body: string;
}
