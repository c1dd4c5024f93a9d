// Vercel's artifacts API (v8), as Turborepo and Larder's client speak it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ArtifactCache } from '../artifacts/artifact-cache.ts';
import { isArtifactHash, parseArtifactHash } from '../artifacts/artifact-hash.ts';
import { untilItsTurn } from '../http/answer-turn.ts';
import { artifactViewOf, teamParameter } from '../http/artifact-view.ts';
import { requireToken, requireWriter } from '../http/authentication.ts';
import { toErrorEnvelope } from '../http/error-responses.ts';
import { readBodiesAsJson } from '../http/json-body.ts';
import { provenanceOf } from '../http/provenance.ts';
import { limitRate } from '../http/rate-limit.ts';
import {
  noteHit,
  recordEvents,
  recordMiss,
  recordUpload,
  type UsageCounting,
} from '../http/record-requests.ts';
import { leaveBodiesUnread, openUpload, type UploadLimits } from '../http/upload.ts';
import type { ArtifactRecord } from '../storage/artifact-index.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';
import { ownSpace } from '../trust/artifact-view.ts';
import {
  followsLinks,
  formatArtifactHeaders,
  formatMetadataHeaders,
  parseArtifactHeaders,
} from './artifact-headers.ts';
import { parseEventsBody, parseQueryBody } from './json-body.ts';
import { checkSignature, digestOfTag } from './tag-check.ts';

export interface ArtifactsApiOptions {
  cache: ArtifactCache;
  verifyToken: TokenVerifier;
  limits: UploadLimits;
  counting: UsageCounting;
  /** By team: what every artifact of the team has to be signed with. */
  signatureKeys: Readonly<Record<string, string>>;
}

interface HashRoute {
  Params: { hash: string };
}

/** Routes of the artifacts API below the prefix that it is registered with. */
export function artifactsApi(
  scope: FastifyInstance,
  options: ArtifactsApiOptions,
  done: () => void,
): void {
  scope.options('/', answerPreflight);
  scope.options('/*', answerPreflight);
  scope.register((routes: FastifyInstance, _options, registered) => {
    requireToken(routes, options.verifyToken);
    limitRate(routes);
    leaveBodiesUnread(routes);
    registerArtifacts(routes, options);
    registered();
  });
  scope.register((routes: FastifyInstance, _options, registered) => {
    requireToken(routes, options.verifyToken);
    limitRate(routes);
    readBodiesAsJson(routes);
    registerQueries(routes, options);
    registered();
  });
  done();
}

function registerArtifacts(
  routes: FastifyInstance,
  { cache, limits, signatureKeys, counting }: ArtifactsApiOptions,
): void {
  routes.put<HashRoute>('/:hash', async (request, reply) => {
    requireWriter(request);
    const view = artifactViewOf(request, 'artifacts');
    const hash = parseArtifactHash(request.params.hash);
    const metadata = parseArtifactHeaders(request.headers);
    const provenance = provenanceOf(request);
    const { body, ...upload } = openUpload(reply, limits);
    const { tag } = metadata;
    const key = Object.hasOwn(signatureKeys, view.team) ? signatureKeys[view.team] : undefined;
    const tagged = { tag, hash, teamId: teamParameter(request, 'teamId'), ...upload };
    const outcome = await cache.put(view, hash, {
      ...upload,
      body: key === undefined ? body : checkSignature(body, key, tagged),
      sha256: digestOfTag(tag),
      metadata,
      provenance,
    });
    const { sizeBytes } = upload;
    recordUpload(counting, request, { api: 'artifacts', hash, outcome, sizeBytes });
    // A duplicate is a success as well: Turborepo warns about any other answer.
    return reply.code(202).send({ urls: [`${request.protocol}://${request.host}${request.url}`] });
  });

  routes.get<HashRoute>('/:hash', async (request, reply) => {
    const view = artifactViewOf(request, 'artifacts');
    const hash = parseArtifactHash(request.params.hash);
    const linked = followsLinks(request) ? await cache.link(view, hash) : null;
    if (linked !== null) {
      noteHit(counting, reply, { api: 'artifacts', hash, record: linked.record });
      return reply
        .code(307)
        .headers(formatMetadataHeaders(linked.record))
        .header('location', linked.url)
        .send();
    }
    await untilItsTurn(reply);
    const artifact = await cache.get(view, hash);
    if (artifact === null) {
      recordMiss(counting, request, { api: 'artifacts', hash });
      return sendMiss(reply);
    }
    noteHit(counting, reply, { api: 'artifacts', hash, ...artifact });
    const headers = formatArtifactHeaders(artifact.record, request.headers.accept);
    return reply.headers(headers).send(artifact.body);
  });

  routes.head<HashRoute>('/:hash', async (request, reply) => {
    const view = artifactViewOf(request, 'artifacts');
    const record = await cache.head(view, parseArtifactHash(request.params.hash));
    if (record === null) return sendMiss(reply);
    return reply.headers(formatArtifactHeaders(record, request.headers.accept)).send();
  });
}

function registerQueries(routes: FastifyInstance, { cache, counting }: ArtifactsApiOptions): void {
  routes.get('/status', (_request, reply) => reply.send({ status: 'enabled' }));

  routes.post('/', async (request, reply) => {
    const { hashes } = parseQueryBody(request.body);
    const view = artifactViewOf(request, 'artifacts');
    const records = await cache.query(view, hashes.filter(isArtifactHash));
    // Turborepo trusts only an explicit null as a miss; a missing one costs it a HEAD each.
    return reply.send(
      Object.fromEntries(hashes.map((hash) => [hash, toQueryHit(records.get(hash))])),
    );
  });

  routes.delete('/', async (request, reply) => {
    requireWriter(request);
    const { team, scope } = ownSpace(artifactViewOf(request, 'artifacts'));
    const deletedCount = await cache.remove({ team, scope });
    return reply.send({ deletedCount });
  });

  routes.post('/events', (request, reply) => {
    const events = parseEventsBody(request.body);
    artifactViewOf(request, 'artifacts');
    recordEvents(counting, request, events);
    return reply.code(200).send();
  });
}

function toQueryHit(record: ArtifactRecord | undefined) {
  if (record === undefined) return null;
  return {
    size: record.sizeBytes,
    taskDurationMs: record.durationMs ?? 0,
    ...(record.tag === null ? {} : { tag: record.tag }),
    ...(record.sha === null ? {} : { sha: record.sha }),
    ...(record.dirtyHash === null ? {} : { dirtyHash: record.dirtyHash }),
  };
}

function sendMiss(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .header('content-type', 'application/json; charset=utf-8')
    .send(toErrorEnvelope({ code: 'not_found', message: 'There is no such artifact.' }));
}

/**
 * Turborepo's optional preflight drops its token unless `Authorization` is listed by name, even
 * for `*`.
 */
function answerPreflight(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(204)
    .headers({
      'access-control-allow-methods': 'GET, HEAD, PUT, POST, DELETE, OPTIONS',
      'access-control-allow-headers':
        'Authorization, Content-Type, User-Agent, x-artifact-duration, x-artifact-tag, ' +
        'x-artifact-sha, x-artifact-dirty-hash, x-artifact-client-ci, x-artifact-client-interactive',
      'access-control-max-age': '86400',
    })
    .send();
}
