import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ArtifactCache } from '../artifacts/artifact-cache.ts';
import { parseArtifactHash } from '../artifacts/artifact-hash.ts';
import { LarderError } from '../errors/larder-error.ts';
import { artifactViewOf } from '../http/artifact-view.ts';
import { principalOf, requireWriter } from '../http/authentication.ts';
import { toErrorEnvelope } from '../http/error-responses.ts';
import { parseQuery } from '../http/query-parameters.ts';
import type {
  ArtifactApi,
  ArtifactEntry,
  ArtifactOrder,
  ArtifactIndex,
} from '../storage/artifact-index.ts';
import { ownSpace, visibleKeys, type ArtifactView } from '../trust/artifact-view.ts';
import { ARTIFACT_APIS } from '../usage/usage-measures.ts';
import { visibleScopes } from '../trust/artifact-scope.ts';
import { describeEntry } from './describe-entry.ts';
import { teamsOfRequest } from './teams-of-request.ts';

export interface ArtifactRoutesOptions {
  cache: Pick<ArtifactCache, 'remove'>;
  metadata: { artifacts: Pick<ArtifactIndex, 'listTop' | 'read' | 'usage'> };
  /** Brings the hits of artifacts up to date. */
  flushAccesses: () => Promise<void>;
}

interface ArtifactRoute {
  Params: { api: string; hash: string };
}

const MAX_LISTED = 100;

/** Teams that are looked at when all are meant: each is a query of its own. */
const MAX_TEAMS = 100;

const ORDERS = ['size', 'hits', 'saved', 'recent'] as const satisfies readonly ArtifactOrder[];

const LIMIT_MESSAGE = `must be a whole number from 1 to ${MAX_LISTED}`;

const listQuerySchema = z.object({
  order: z.enum(ORDERS, `must be one of ${ORDERS.join(', ')}`).default('recent'),
  limit: z
    .string(LIMIT_MESSAGE)
    .regex(/^\d{1,3}$/, LIMIT_MESSAGE)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LISTED, LIMIT_MESSAGE)
    .default(20),
});

/** Single artifacts: which are the largest, what is known of one, and its end. */
export function registerArtifactRoutes(
  routes: FastifyInstance,
  { cache, metadata, flushAccesses }: ArtifactRoutesOptions,
): void {
  const { artifacts: index } = metadata;

  routes.get('/artifacts', async (request, reply) => {
    const { order, limit } = parseQuery(listQuerySchema, request);
    const teams = teamsOfRequest(request) ?? (await largestTeams(index));
    const scopes = visibleScopes(principalOf(request).scope);
    await flushAccesses();
    const places = teams.flatMap((team) => scopes.map((scope) => ({ team, scope })));
    const lists = await Promise.all(places.map((place) => index.listTop(place, { order, limit })));
    const entries = lists
      .flat()
      .sort((one, other) => amountOf(other, order) - amountOf(one, order))
      .slice(0, limit);
    return reply.send({ order, artifacts: entries.map(describeEntry) });
  });

  routes.get<ArtifactRoute>('/artifacts/:api/:hash', async (request, reply) => {
    const { view, hash } = artifactOf(request);
    for (const key of visibleKeys(view, hash)) {
      const record = await index.read(key);
      if (record !== null) return reply.send(describeEntry({ key, record }));
    }
    return reply.code(404).type('application/json; charset=utf-8').send(NO_SUCH_ARTIFACT);
  });

  routes.delete<ArtifactRoute>('/artifacts/:api/:hash', async (request, reply) => {
    requireWriter(request);
    const { view, hash } = artifactOf(request);
    // As with everything that writes: its own scope, and no other that it may read.
    const deletedCount = await cache.remove({ ...ownSpace(view), hash });
    if (deletedCount > 0) return reply.send({ deletedCount });
    return reply.code(404).type('application/json; charset=utf-8').send(NO_SUCH_ARTIFACT);
  });
}

/** Those that store the most. */
async function largestTeams(index: Pick<ArtifactIndex, 'usage'>): Promise<string[]> {
  return [...(await index.usage())]
    .sort(([, one], [, other]) => other.storedBytes - one.storedBytes)
    .slice(0, MAX_TEAMS)
    .map(([team]) => team);
}

const NO_SUCH_ARTIFACT = toErrorEnvelope({
  code: 'not_found',
  message: 'There is no such artifact.',
});

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID`, `LARDER_SERVER_REQUEST_FORBIDDEN`. */
function artifactOf(request: FastifyRequest<ArtifactRoute>): { view: ArtifactView; hash: string } {
  const { api, hash } = request.params;
  if (!isArtifactApi(api)) {
    throw new LarderError(
      'LARDER_SERVER_REQUEST_INVALID',
      `An artifact is of one of the APIs ${ARTIFACT_APIS.join(', ')}.`,
      { hint: 'Name the API by which the artifact came before its hash.' },
    );
  }
  return { view: artifactViewOf(request, api), hash: parseArtifactHash(hash) };
}

function isArtifactApi(text: string): text is ArtifactApi {
  return (ARTIFACT_APIS as readonly string[]).includes(text);
}

function amountOf({ record }: ArtifactEntry, order: ArtifactOrder): number {
  const { sizeBytes, hits, durationMs, createdAtMs } = record;
  const amounts = { size: sizeBytes, hits, saved: hits * (durationMs ?? 0), recent: createdAtMs };
  return amounts[order];
}
