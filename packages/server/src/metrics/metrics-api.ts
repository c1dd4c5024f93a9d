import type { FastifyInstance } from 'fastify';
import { requireEveryTeam, requireToken } from '../http/authentication.ts';
import { countConnections } from '../http/connection-limit.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';
import type { MetricsAccess } from './metrics-access.ts';
import { formatMetrics, METRICS_CONTENT_TYPE, type MetricSamples } from './format-metrics.ts';

export interface MetricsApiOptions {
  access: MetricsAccess;
  verifyToken: TokenVerifier;
  /** @param connections - How many are open. */
  collect: (connections: number) => Promise<MetricSamples>;
}

/** `GET /metrics`, in Prometheus' text format. */
export function metricsApi(
  routes: FastifyInstance,
  { access, verifyToken, collect }: MetricsApiOptions,
  done: () => void,
): void {
  if (access === 'token') requireToken(routes, verifyToken);

  routes.get('/metrics', async (request, reply) => {
    // The numbers are of all teams.
    if (access === 'token') requireEveryTeam(request);
    const text = await formatMetrics(await collect(await countConnections(routes)));
    return reply
      .headers({ 'content-type': METRICS_CONTENT_TYPE, 'cache-control': 'no-store' })
      .send(text);
  });
  done();
}
