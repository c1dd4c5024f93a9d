import type { FastifyInstance } from 'fastify';
import { requireEveryTeam, requireToken } from '../http/authentication.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';
import { formatMetrics, METRICS_CONTENT_TYPE, type MetricSamples } from './format-metrics.ts';

/** Who may read the metrics: `token`, a token for every team; `public`, everybody. */
export type MetricsAccess = 'token' | 'public';

export interface MetricsApiOptions {
  access: MetricsAccess;
  verifyToken: TokenVerifier;
  collect: () => Promise<MetricSamples>;
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
    const text = await formatMetrics(await collect());
    return reply
      .headers({ 'content-type': METRICS_CONTENT_TYPE, 'cache-control': 'no-store' })
      .send(text);
  });
  done();
}
