import { Agent, request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What Nx's own cache client does: it keeps connections alive and sends bodies of known length. */
export interface NxClient {
  get(taskHash: string): Promise<NxAnswer>;
  /** @returns the status. */
  put(taskHash: string, body: string | Buffer): Promise<number>;
  disconnect(): void;
}

export interface NxAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer | null;
  readonly agent?: Agent | false;
}

export function createNxClient(run: { readonly url: string; readonly token: string }): NxClient {
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: `Bearer ${run.token}` };
  return {
    get: (taskHash) =>
      exchange(run.url, { method: 'GET', path: `/v1/cache/${taskHash}`, headers, agent }),
    async put(taskHash, body) {
      const { status } = await exchange(run.url, {
        method: 'PUT',
        path: `/v1/cache/${taskHash}`,
        headers,
        body,
        agent,
      });
      return status;
    },
    disconnect() {
      agent.destroy();
    },
  };
}

/** One request, with its answer read to the end. */
export async function exchange(url: string, raw: RawRequest): Promise<NxAnswer> {
  const { method, path, headers = {}, body = null, agent = false } = raw;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) };
    request({ hostname, port, method, path, agent, headers: { ...length, ...headers } })
      .on('response', resolve)
      .on('error', reject)
      .end(body ?? undefined);
  });
  return { status: response.statusCode ?? 0, body: await buffer(response) };
}
