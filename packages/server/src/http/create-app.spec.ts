import { createLog } from '../logging/create-log.ts';
import { createApp } from './create-app.ts';

// The connections of Nx wait unused for up to 90 s in a pool; nobody can wait that long in a test.
it('gives no connection up before the connections of Nx are', () => {
  const { logger } = createLog('silent');
  const { server } = createApp({
    cache: undefined as never,
    verifyToken: () => Promise.resolve(null),
    limits: { maxArtifactSizeBytes: 1, uploadStallTimeoutMs: 1 },
    logger,
  });
  expect(server.keepAliveTimeout).toBe(120_000);
  expect(server.timeout).toBe(120_000);
  expect([server.headersTimeout, server.requestTimeout, server.maxRequestsPerSocket]).toEqual([
    0, 0, 0,
  ]);
});
