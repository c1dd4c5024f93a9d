// Larder's own API: who one is, what the server did, and what it holds.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ArtifactCache } from '../artifacts/artifact-cache.ts';
import type { SizeLimits } from '../eviction/find-excess.ts';
import { principalOf, requireEveryTeam, requireToken } from '../http/authentication.ts';
import { parseQuery } from '../http/query-parameters.ts';
import { limitRate } from '../http/rate-limit.ts';
import type { RecentTrouble, Trouble } from '../logging/recent-trouble.ts';
import { readPackageVersion } from '../package-version.ts';
import type { MetadataStore } from '../storage/metadata-store.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';
import { USAGE_RANGE_NAMES } from '../usage/usage-ranges.ts';
import { createUsageReport } from '../usage/usage-report.ts';
import type { UsageWriter } from '../usage/usage-writer.ts';
import { registerArtifactRoutes } from './artifact-routes.ts';
import { describePrincipal } from './who-am-i.ts';
import { teamsOfRequest } from './teams-of-request.ts';

export interface LarderApiOptions {
  cache: ArtifactCache;
  metadata: Pick<MetadataStore, 'artifacts' | 'usage'>;
  usageWriter: Pick<UsageWriter, 'flush'>;
  limits: SizeLimits;
  verifyToken: TokenVerifier;
  trouble: Pick<RecentTrouble, 'list'>;
  flushAccesses: () => Promise<void>;
}

/** The latest first. */
export interface TroubleList {
  trouble: Trouble[];
}

const usageQuerySchema = z.object({
  range: z.enum(USAGE_RANGE_NAMES, `must be one of ${USAGE_RANGE_NAMES.join(', ')}`).default('24h'),
});

/** Routes below the prefix that it is registered with, all of them behind a token. */
export function larderApi(
  routes: FastifyInstance,
  options: LarderApiOptions,
  done: () => void,
): void {
  const version = readPackageVersion();
  requireToken(routes, options.verifyToken);
  limitRate(routes);
  routes.addHook('onRequest', (_request, reply, next) => {
    reply.header('cache-control', 'no-store');
    next();
  });

  routes.get('/whoami', (request, reply) =>
    reply.send(describePrincipal(principalOf(request), { version, serverTimeMs: Date.now() })),
  );

  routes.get('/trouble', (request, reply) => {
    requireEveryTeam(request);
    return reply.send({ trouble: options.trouble.list() } satisfies TroubleList);
  });

  routes.get('/usage', async (request, reply) => {
    const { metadata, usageWriter, limits } = options;
    const { range } = parseQuery(usageQuerySchema, request);
    const teams = teamsOfRequest(request);
    await usageWriter.flush();
    const parts = { usage: metadata.usage, index: metadata.artifacts, limits, nowMs: Date.now() };
    return reply.send(await createUsageReport({ range, teams }, parts));
  });

  registerArtifactRoutes(routes, options);
  done();
}
