// For whatever starts servers and sends them requests. Answers nobody's questions: no details.
import type { FastifyInstance } from 'fastify';

/** Anybody may ask, and as often as they like. */
const CHECKED_EVERY_MS = 1_000;

export interface HealthApiOptions {
  /** Fails when the storage cannot be used. */
  checkStorage: () => Promise<void>;
  /** Milliseconds on any clock. */
  now?: () => number;
}

/** `GET /healthz`: the process lives. `GET /readyz`: it can be sent requests, else 503. */
export function healthApi(
  routes: FastifyInstance,
  { checkStorage, now = () => performance.now() }: HealthApiOptions,
  done: () => void,
): void {
  let isDraining = false;
  let checkedAtMs = -Infinity;
  let check: Promise<boolean> = Promise.resolve(false);

  function isStorageWell(): Promise<boolean> {
    if (now() - checkedAtMs >= CHECKED_EVERY_MS) {
      checkedAtMs = now();
      check = checkStorage().then(
        () => true,
        (error: unknown) => {
          routes.log.error({ err: error }, 'not ready: the storage cannot be used');
          return false;
        },
      );
    }
    return check;
  }

  routes.addHook('preClose', (next) => {
    isDraining = true;
    next();
  });
  routes.route({
    method: ['GET', 'HEAD'],
    url: '/healthz',
    handler: (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  });
  routes.route({
    method: ['GET', 'HEAD'],
    url: '/readyz',
    async handler(_request, reply) {
      const isReady = !isDraining && (await isStorageWell());
      return reply
        .code(isReady ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: isReady ? 'ready' : 'not ready' });
    },
  });
  done();
}
