import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface RecordingProxy {
  readonly url: string;
  /** What has come through since the last look, as `GET /v8/artifacts/…`, in order of arrival. */
  readonly takeRequests: () => string[];
  readonly close: () => Promise<void>;
}

/** Stands before a server and notes every request, which is all that can show what was not asked. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  let requests: string[] = [];
  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url = '', headers } = incoming;
    requests.push(`${method} ${url}`);
    const outgoing = request(new URL(url, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  };
  const server = createServer(forward);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    takeRequests() {
      const taken = requests;
      requests = [];
      return taken;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
