import type { FastifyInstance } from 'fastify';

const TOLD_EVERY_MS = 60_000;

/** Hangs up on connections beyond a number; 0: on none. Told to the log once a minute at most. */
export function limitConnections(
  app: FastifyInstance,
  maxConnections: number,
  now: () => number = Date.now,
): void {
  if (maxConnections === 0) return;
  app.server.maxConnections = maxConnections;
  let toldAtMs = -Infinity;
  app.server.on('drop', () => {
    if (now() - toldAtMs < TOLD_EVERY_MS) return;
    toldAtMs = now();
    app.log.warn({ maxConnections }, 'connections beyond maxConnections are refused');
  });
}

/** How many connections are open. */
export function countConnections(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
