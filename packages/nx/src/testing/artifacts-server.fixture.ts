import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

const artifactsPath = '/v8/artifacts/';

export interface StoredArtifact {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SeenRequest {
  readonly kind: RequestKind;
  /** Hash of the artifact, `status` or `events`; empty for a query and for an exchange. */
  readonly hash: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: string;
}

export type RequestKind = 'status' | 'get' | 'put' | 'events' | 'query' | 'oidc';

export interface Exchange extends SeenRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Does what the server would do if nobody interfered. */
  proceed(): Promise<void>;
}

export type Behaviour = (exchange: Exchange) => void | Promise<void>;

/** An artifacts server in memory that misbehaves on demand. */
export interface ArtifactsServer {
  readonly url: string;
  readonly artifacts: Map<string, StoredArtifact>;
  /** What it has been told of lookups, as it came over the wire. */
  readonly events: Readonly<Record<string, unknown>>[];
  /** What it gives for any identity; null: it does not know the endpoint. */
  access: { audience: string; token: string; access: 'read' | 'read-write' } | null;
  /** The identities that it was shown. */
  readonly identities: string[];
  /** What was asked for, in order of arrival. */
  readonly requests: SeenRequest[];
  /** How each kind of request is treated from now on. */
  readonly behaviour: Record<RequestKind, Behaviour>;
  /** Puts an artifact there whose tag is right. */
  keep(hash: string, body: Buffer, headers?: Record<string, string>): void;
  /** The requests of one kind, all or those for one artifact. */
  seen(kind: RequestKind, hash?: string): SeenRequest[];
  close(): Promise<void>;
}

export async function startArtifactsServer(): Promise<ArtifactsServer> {
  const artifacts = new Map<string, StoredArtifact>();
  const requests: SeenRequest[] = [];
  const events: Readonly<Record<string, unknown>>[] = [];
  const behaviour: Record<RequestKind, Behaviour> = {
    status: proceed,
    get: proceed,
    put: proceed,
    events: proceed,
    query: proceed,
    oidc: proceed,
  };
  const identities: string[] = [];

  async function serve(exchange: Exchange): Promise<void> {
    const { kind, hash, headers, request, response } = exchange;
    if (kind === 'put') {
      const body = await readBody(request);
      if (!request.complete) return;
      artifacts.set(hash, {
        body,
        headers: {
          'x-artifact-tag': String(headers['x-artifact-tag']),
          'x-artifact-duration': String(headers['x-artifact-duration']),
        },
      });
      response.writeHead(202).end('{"urls":[]}');
      return;
    }
    if (kind === 'events') {
      const body = String(await readBody(request));
      events.push(...(JSON.parse(body) as Readonly<Record<string, unknown>>[]));
      response.end();
      return;
    }
    if (kind === 'query') {
      const { hashes } = JSON.parse(String(await readBody(request))) as { hashes: string[] };
      response.end(
        JSON.stringify(Object.fromEntries(hashes.map((each) => [each, describe(each)]))),
      );
      return;
    }
    if (kind === 'oidc') {
      const body = String(await readBody(request));
      if (server.access === null) response.writeHead(404).end();
      else if (request.method === 'GET') {
        const { audience } = server.access;
        response.end(JSON.stringify({ issuers: [{ issuer: 'https://ci.test', audience }] }));
      } else {
        identities.push((JSON.parse(body) as { token: string }).token);
        const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
        response.end(
          JSON.stringify({ ...server.access, expiresAt, scope: 'trusted', teams: null }),
        );
      }
      return;
    }
    const found = artifacts.get(hash);
    if (kind === 'status') response.end('{"status":"enabled"}');
    else if (!found) response.writeHead(404).end();
    else {
      response.writeHead(200, { 'content-length': found.body.length, ...found.headers });
      response.end(found.body);
    }
  }

  function describe(hash: string) {
    const found = artifacts.get(hash);
    return found ? { size: found.body.length, taskDurationMs: 0 } : null;
  }

  const httpServer = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://server');
    const hash = pathname.startsWith(artifactsPath) ? pathname.slice(artifactsPath.length) : '';
    const kind = kindOf(request.method, pathname, hash);
    const seen: SeenRequest = { kind, hash, headers: request.headers, query: search };
    requests.push(seen);
    request.on('error', () => undefined);
    const exchange: Exchange = {
      ...seen,
      request,
      response,
      proceed: () => serve(exchange),
    };
    void behaviour[kind](exchange);
  });
  await new Promise<void>((resolve) => {
    httpServer.listen(0, '127.0.0.1', resolve);
  });
  const { port } = httpServer.address() as AddressInfo;

  const server: ArtifactsServer = {
    url: `http://127.0.0.1:${port}`,
    artifacts,
    events,
    access: null,
    identities,
    requests,
    behaviour,
    keep(hash, body, headers = {}) {
      const digest = createHash('sha256').update(body).digest('base64');
      artifacts.set(hash, {
        body,
        headers: { 'x-artifact-tag': `sha256-${digest}`, ...headers },
      });
    },
    seen: (kind, hash) =>
      requests.filter((each) => each.kind === kind && (hash === undefined || each.hash === hash)),
    close: () =>
      new Promise<void>((resolve) => {
        httpServer.close(() => {
          resolve();
        });
        httpServer.closeAllConnections();
      }),
  };
  return server;
}

function kindOf(method: string | undefined, path: string, hash: string): RequestKind {
  if (path === '/auth/oidc') return 'oidc';
  if (method === 'PUT') return 'put';
  if (method === 'POST' && `${path}/` === artifactsPath) return 'query';
  return hash === 'status' || hash === 'events' ? hash : 'get';
}

export const proceed: Behaviour = (exchange) => exchange.proceed();

/** Reads the whole request, then answers with nothing but a status. */
export function answer(status: number, body = ''): Behaviour {
  return async ({ request, response }) => {
    await readBody(request);
    response.writeHead(status).end(body);
  };
}

/** Takes the request and never answers. */
export const hang: Behaviour = ({ request }) => {
  request.resume();
};

/** Breaks the connection. */
export const reset: Behaviour = ({ request }) => {
  request.socket.resetAndDestroy();
};

/** Goes on when the gate is opened. */
export function waitFor(gate: { readonly opened: Promise<void> }): Behaviour {
  return async (exchange) => {
    await gate.opened;
    await exchange.proceed();
  };
}

/** Request number n meets behaviour number n, the last one repeats. */
export function inTurn(...behaviours: Behaviour[]): Behaviour {
  let count = 0;
  return (exchange) => behaviours[Math.min(count++, behaviours.length - 1)]?.(exchange);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // The client went away: what has arrived is all there is.
  }
  return Buffer.concat(chunks);
}
