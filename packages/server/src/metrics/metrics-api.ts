import type { FastifyInstance } from 'fastify';
import { LarderError } from '../errors/larder-error.ts';
import { principalOf, requireToken } from '../http/authentication.ts';
import { countConnections } from '../http/connection-limit.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';
import { formatMetrics, METRICS_CONTENT_TYPE, type MetricSamples } from './format-metrics.ts';
import type { MetricsAccess } from './metrics-access.ts';

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
    if (access === 'token' && principalOf(request).teams !== null) throw forbidden();
    const text = await formatMetrics(await collect(await countConnections(routes)));
    return reply
      .headers({ 'content-type': METRICS_CONTENT_TYPE, 'cache-control': 'no-store' })
      .send(text);
  });
  done();
}

/** The numbers are of all teams. */
function forbidden(): LarderError {
  return new LarderError(
    'LARDER_SERVER_REQUEST_FORBIDDEN',
    'Metrics need a token for every team.',
    { hint: 'Use a token without teams, or let metricsAccess of the server be public.' },
  );
}
