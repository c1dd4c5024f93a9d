import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isTaskHash } from '../../identity/artifact-hash.ts';
import { nxCachePath } from '../protocol/control-api.ts';
import type { ArtifactLookups } from './artifact-lookups.ts';
import type { ArtifactStores } from './artifact-stores.ts';
import type { OpenRuns, Run } from './open-runs.ts';
import type { RunOwners } from './run-owners.ts';

/** Chunks as large as this keep the front's CPU time for a large artifact low. */
const readChunkBytes = 256 * 1024;

/**
 * Nx's own cache protocol. Nx fails its command on any surprise, so the only answers are 200 and
 * 404: whoever has no valid token finds nothing and may store into the void.
 * Source: Nx's "custom remote cache specification" 1.0.0 and the client's measured behaviour.
 */
export interface NxCacheRoutes {
  /** Whether the request is one of Nx's; if so it gets its answer. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface NxCacheRoutesOptions {
  readonly runs: OpenRuns;
  readonly lookups: ArtifactLookups;
  readonly stores: ArtifactStores;
  readonly owners: RunOwners;
}

export function createNxCacheRoutes({
  runs,
  lookups,
  stores,
  owners,
}: NxCacheRoutesOptions): NxCacheRoutes {
  function authorize({ headers, socket }: IncomingMessage): Run | null {
    const run = runs.authorized(headers.authorization);
    if (run) owners.requestCame(run, socket);
    return run;
  }

  async function get(request: IncomingMessage, response: ServerResponse, taskHash: string) {
    const run = authorize(request);
    const found = run && isTaskHash(taskHash) ? await lookups.find(run, taskHash) : null;
    if (!found) {
      answer(response, 404);
      return;
    }
    try {
      const handle = await open(found.file).catch(() => null);
      if (!handle) {
        answer(response, 404);
        return;
      }
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': found.sizeBytes,
      });
      await pipeline(handle.createReadStream({ highWaterMark: readChunkBytes }), response);
    } finally {
      found.release();
    }
  }

  async function put(request: IncomingMessage, response: ServerResponse, taskHash: string) {
    const run = authorize(request);
    const sizeBytes = Number(request.headers['content-length'] ?? NaN);
    if (run && isTaskHash(taskHash) && Number.isSafeInteger(sizeBytes)) {
      await stores.storeBody(run, taskHash, request, sizeBytes);
    } else request.resume();
    answer(response, 200);
  }

  return {
    handle(request, response) {
      const path = (request.url ?? '').replace(/^\/{2,}/, '/').split('?', 1)[0] ?? '';
      if (!path.startsWith(nxCachePath)) return false;
      const taskHash = path.slice(nxCachePath.length);
      const handled =
        request.method === 'PUT'
          ? put(request, response, taskHash)
          : get(request, response, taskHash);
      // Only a client that went away ends here; it expects no answer.
      handled.catch(() => response.destroy());
      return true;
    },
  };
}

function answer(response: ServerResponse, status: 200 | 404): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': 0 }).end();
}
