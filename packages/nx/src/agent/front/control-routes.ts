import type { IncomingMessage, ServerResponse } from 'node:http';
import { isTaskHash } from '../../identity/artifact-hash.ts';
import {
  controlPaths,
  type CloseRunRequest,
  type HealthAnswer,
  type OpenRunAnswer,
  type OpenRunRequest,
  type RetrieveAnswer,
  type RetrieveRequest,
  type StoreRequest,
} from '../protocol/control-api.ts';
import type { ArtifactLookups } from './artifact-lookups.ts';
import type { ArtifactStores } from './artifact-stores.ts';
import { bearerToken, isSameSecret, type OpenRuns, type Run } from './open-runs.ts';
import type { RunClosing } from './run-closing.ts';
import type { RunOwners } from './run-owners.ts';

/** Far above any real request: the list of a large command's durations. */
const maxRequestBytes = 64 * 1024 * 1024;

/** The agent's own endpoints, see `control-api.ts`. */
export interface ControlRoutes {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export interface ControlRoutesOptions {
  readonly secret: string;
  readonly version: string;
  readonly runs: OpenRuns;
  readonly lookups: ArtifactLookups;
  readonly stores: ArtifactStores;
  readonly closing: RunClosing;
  readonly owners: RunOwners;
  readonly onOpen: (run: Run) => void;
  /** The agent shall end as soon as it has nothing to do. */
  readonly onDrain: () => void;
}

export function createControlRoutes(options: ControlRoutesOptions): ControlRoutes {
  const { runs, lookups, stores, closing, owners } = options;

  function health(): HealthAnswer {
    const all = runs.all();
    return {
      pid: process.pid,
      version: options.version,
      openRuns: all.filter(({ isOpen }) => isOpen).length,
      uploads: all.reduce((sum, { ledger }) => sum + ledger.pending().uploads, 0),
    };
  }

  type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

  function isOwner(request: IncomingMessage): boolean {
    const token = bearerToken(request.headers.authorization);
    return token !== null && isSameSecret(token, options.secret);
  }

  function ownerOnly(handler: Handler): Handler {
    return async (request, response) => {
      if (isOwner(request)) await handler(request, response);
      else refuse(response, 401);
    };
  }

  function runOnly(
    handler: (run: Run, request: IncomingMessage, response: ServerResponse) => Promise<void>,
  ): Handler {
    return async (request, response) => {
      const run = runs.authorized(request.headers.authorization);
      if (run) await handler(run, request, response);
      else refuse(response, 401);
    };
  }

  const handlers: Readonly<Record<string, Handler>> = {
    [controlPaths.health]: (request, response) => {
      const isKnown = runs.authorized(request.headers.authorization) !== null || isOwner(request);
      if (!isKnown) refuse(response, 401);
      else send(response, health());
      return Promise.resolve();
    },
    [controlPaths.openRun]: ownerOnly(async (request, response) => {
      const openRequest = await readJson<OpenRunRequest>(request);
      const known = runs.findEqual(openRequest);
      const run = known ?? runs.open(openRequest);
      if (!known) options.onOpen(run);
      send(response, { runId: run.id, token: run.token } satisfies OpenRunAnswer);
    }),
    [controlPaths.closeRun]: ownerOnly(async (request, response) => {
      const { run: reference, ...outcome } = await readJson<CloseRunRequest>(request);
      const run = runs.find(reference);
      if (!run) {
        refuse(response, 404);
        return;
      }
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const report = await closing.close(run, outcome, (progress) => {
        writeLine(response, progress);
      });
      writeLine(response, { kind: 'report', report });
      response.end();
    }),
    [controlPaths.drain]: ownerOnly((request, response) => {
      request.resume();
      options.onDrain();
      send(response, health());
      return Promise.resolve();
    }),
    [controlPaths.retrieve]: runOnly(async (run, request, response) => {
      owners.requestCame(run, request.socket);
      const { taskHash, ...target } = await readJson<RetrieveRequest>(request);
      const answer: RetrieveAnswer = isTaskHash(taskHash)
        ? await lookups.restore(run, taskHash, target)
        : { isHit: false, result: null };
      send(response, answer);
    }),
    [controlPaths.store]: runOnly(async (run, request, response) => {
      owners.requestCame(run, request.socket);
      const store = await readJson<StoreRequest>(request);
      if (isTaskHash(store.taskHash)) await stores.storeFolder(run, store);
      send(response, {});
    }),
  };

  return {
    handle(request, response) {
      const handler = handlers[request.url ?? ''];
      if (!handler) {
        request.resume();
        refuse(response, 404);
        return;
      }
      handler(request, response).catch(() => {
        if (response.headersSent) response.destroy();
        else refuse(response, 400);
      });
    },
  };
}

async function readJson<T>(request: IncomingMessage): Promise<T> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxRequestBytes) throw new Error('The request is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
}

function send(response: ServerResponse, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

function writeLine(response: ServerResponse, line: object): void {
  response.write(`${JSON.stringify(line)}\n`);
}

function refuse(response: ServerResponse, status: 400 | 401 | 404): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}
