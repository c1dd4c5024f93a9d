import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestSpan, Tracing } from './tracing.ts';

/** Has a span for each request, from its first byte to the last one of its answer. */
export function traceRequests(app: FastifyInstance, tracing: Pick<Tracing, 'begin'>): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();

  app.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions } = request;
    spans.set(request, tracing.begin({ method, route: routeOptions.url, headers }));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const isComplete = reply.raw.writableFinished;
    spans.get(request)?.end({ status: reply.statusCode, isComplete });
    done();
  });
}
