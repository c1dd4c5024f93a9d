import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { LarderError } from '../errors/larder-error.ts';
import { principalOf } from './authentication.ts';

const MINUTE_MS = 60_000;

/** Counts requests for the whole application; {@link limitRate} has to be called where it counts. */
export function countRequests(app: FastifyInstance, maxRequestsPerMinutePerToken: number): void {
  if (maxRequestsPerMinutePerToken === 0) return;
  const headers = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false };
  app.register(fastifyRateLimit, {
    global: false,
    max: maxRequestsPerMinutePerToken,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => principalOf(request).tokenId,
    addHeaders: { ...headers, 'x-ratelimit-reset': false, 'retry-after': true },
    addHeadersOnExceeding: { ...headers, 'x-ratelimit-reset': false },
    errorResponseBuilder: (_request, { max }) => rateExceeded(max),
  });
}

/**
 * Refuses requests of a token that has sent too many, with `LARDER_SERVER_RATE_EXCEEDED` and
 * `Retry-After`. To be called after `requireToken()`.
 */
export function limitRate(scope: FastifyInstance): void {
  if (scope.hasDecorator('rateLimit')) scope.addHook('onRequest', scope.rateLimit());
}

function rateExceeded(max: number): LarderError {
  return new LarderError(
    'LARDER_SERVER_RATE_EXCEEDED',
    `This token may send ${max} requests a minute.`,
    { hint: 'Wait as long as Retry-After says, or raise maxRequestsPerMinutePerToken.' },
  );
}
