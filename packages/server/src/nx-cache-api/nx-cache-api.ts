// Nx's own remote cache API ("Nx custom remote cache specification" 1.0.0), Nx 20.8 and later.
// Nx fails a build on most answers that are neither a hit nor a miss, so there are very few.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ArtifactCache } from '../artifacts/artifact-cache.ts';
import { parseArtifactHash } from '../artifacts/artifact-hash.ts';
import { untilItsTurn } from '../http/answer-turn.ts';
import { artifactViewOf } from '../http/artifact-view.ts';
import { requireToken, requireWriter } from '../http/authentication.ts';
import { provenanceOf } from '../http/provenance.ts';
import { limitRate } from '../http/rate-limit.ts';
import {
  noteHit,
  recordError,
  recordMiss,
  recordUpload,
  type UsageCounting,
} from '../http/record-requests.ts';
import { leaveBodiesUnread, openUpload, type UploadLimits } from '../http/upload.ts';
import type { ArtifactMetadata } from '../storage/artifact-index.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';
import { toNxErrorResponse } from './nx-error-response.ts';

export interface NxCacheApiOptions {
  cache: ArtifactCache;
  verifyToken: TokenVerifier;
  limits: UploadLimits;
  counting: UsageCounting;
}

interface HashRoute {
  Params: { hash: string };
}

/** Nx says nothing of its artifacts. */
const NO_METADATA: ArtifactMetadata = {
  durationMs: null,
  tag: null,
  sha: null,
  dirtyHash: null,
  clientCi: null,
  isClientInteractive: null,
};

/** Routes of Nx's cache API below the prefix that it is registered with. */
export function nxCacheApi(
  scope: FastifyInstance,
  { cache, verifyToken, limits, counting }: NxCacheApiOptions,
  done: () => void,
): void {
  requireToken(scope, verifyToken);
  limitRate(scope);
  leaveBodiesUnread(scope);

  scope.setErrorHandler((error, request, reply) => {
    const response = toNxErrorResponse(error, request.method);
    if (response.isTrouble) {
      request.log.error({ err: error }, 'hidden from Nx');
      request.ending = 'failed';
    }
    recordError(counting, request, error);
    // Whatever the reason is, Nx runs the task.
    if (request.method === 'GET' && response.status === 404) {
      recordMiss(counting, request, { api: 'nx', hash: hashParameterOf(request) });
    }
    if (response.shouldClose) reply.header('connection', 'close');
    return sendText(reply, response.status, response.message);
  });

  scope.put<HashRoute>('/:hash', async (request, reply) => {
    requireWriter(request);
    const view = artifactViewOf(request, 'nx');
    const hash = parseArtifactHash(request.params.hash);
    const upload = openUpload(reply, limits);
    const outcome = await cache.put(view, hash, {
      ...upload,
      metadata: NO_METADATA,
      provenance: provenanceOf(request),
    });
    const { sizeBytes } = upload;
    recordUpload(counting, request, { api: 'nx', hash, outcome, sizeBytes });
    return outcome === 'stored'
      ? sendText(reply, 200, 'Stored.')
      : sendText(reply, 409, 'There is an artifact of this hash already.');
  });

  scope.get<HashRoute>('/:hash', async (request, reply) => {
    const view = artifactViewOf(request, 'nx');
    const hash = parseArtifactHash(request.params.hash);
    await untilItsTurn(reply);
    const artifact = await cache.get(view, hash);
    if (artifact === null) {
      recordMiss(counting, request, { api: 'nx', hash });
      return sendText(reply, 404, 'There is no such artifact.');
    }
    noteHit(counting, reply, { api: 'nx', hash, ...artifact });
    return reply
      .headers({
        'content-type': 'application/octet-stream',
        'content-length': String(artifact.record.sizeBytes),
      })
      .send(artifact.body);
  });
  done();
}

/** As it was asked for, be it a hash or not. */
function hashParameterOf({ params }: FastifyRequest): string {
  return (params as Partial<HashRoute['Params']>).hash ?? '';
}

/** Nx shows a message only when the type is exactly this, without a charset. */
function sendText(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).header('content-type', 'text/plain').send(message);
}
