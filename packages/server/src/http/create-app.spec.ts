import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { IncomingHttpHeaders } from 'node:http';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';
import { createLog } from '../logging/create-log.ts';
import { authority, tlsFiles } from '../testing/tls-files.fixture.ts';
import { createApp } from './create-app.ts';
import { createUsageCounting } from './record-requests.ts';
import type { TlsMaterial } from './tls-files.ts';

let running: RunningServer;

afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

describe('with a certificate', () => {
  beforeEach(async () => {
    const { certificateFile: tlsCertificateFile, keyFile: tlsKeyFile } = tlsFiles.first;
    running = await startServer({ tlsCertificateFile, tlsKeyFile });
  });

  function call(method: string, path: string, body = '') {
    return new Promise<{ status?: number; headers: IncomingHttpHeaders; body: string }>(
      (resolve, reject) => {
        const headers = {
          authorization: running.authorization,
          'content-length': Buffer.byteLength(body),
        };
        request(running.url + path, { method, headers, ca: authority, agent: false })
          .on('error', reject)
          .on('response', (response) => {
            const { statusCode: status = 0, headers: received } = response;
            text(response).then((received_) => {
              resolve({ status, headers: received, body: received_ });
            }, reject);
          })
          .end(body);
      },
    );
  }

  it('the server speaks https, and tells browsers to stay with it', async () => {
    expect(running.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await call('PUT', '/v8/artifacts/abc', 'bytes')).toMatchObject({
      status: 202,
      body: JSON.stringify({ urls: [`${running.url}/v8/artifacts/abc`] }),
    });
    expect(await call('GET', '/v8/artifacts/abc')).toMatchObject({
      status: 200,
      body: 'bytes',
      headers: { ...SECURITY_HEADERS, 'strict-transport-security': 'max-age=31536000' },
    });
  });

  it('plain http gets no answer that could be taken for one', async () => {
    const http = running.url.replace('https:', 'http:');
    await expect(fetch(`${http}/v8/artifacts/status`)).rejects.toThrow();
  });
});

describe('without', () => {
  it('every answer keeps browsers from making something of it, and none lets a page read it', async () => {
    running = await startServer();
    const origin = { origin: 'https://example.com' };
    const answers = [
      await running.fetch('/v8/artifacts/status', { headers: origin }),
      await running.fetch('/v8/artifacts/absent', { headers: origin }),
      await running.fetch('/v1/cache/absent', { headers: origin }),
      await running.fetch('/nowhere', { headers: origin }),
      await running.fetch('/v8/artifacts', { method: 'OPTIONS', headers: origin }),
    ];
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject(SECURITY_HEADERS);
      expect(headers.has('access-control-allow-origin')).toBe(false);
      expect(headers.has('strict-transport-security')).toBe(false);
    }
  });

  async function urlsFor(trustedProxies: string[]): Promise<unknown> {
    running = await startServer({ trustedProxies });
    const stored = await running.fetch('/v8/artifacts/abc', {
      method: 'PUT',
      body: 'bytes',
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'cache.example.com' },
    });
    return ((await stored.json()) as { urls: unknown }).urls;
  }

  it('a trusted proxy is believed what it says of the client', async () => {
    expect(await urlsFor(['loopback'])).toEqual(['https://cache.example.com/v8/artifacts/abc']);
  });

  it('nobody else is', async () => {
    expect(await urlsFor(['192.0.2.0/24'])).toEqual([`${running.url}/v8/artifacts/abc`]);
  });
});

// The connections of Nx wait unused for up to 90 s in a pool; nobody can wait that long in a test.
it.each([
  ['without TLS', null],
  ['with TLS', {}],
])('gives no connection up before the connections of Nx are, %s', (_what, tls) => {
  const { logger } = createLog('silent');
  const { server } = createApp({
    cache: undefined as never,
    verifyToken: () => Promise.resolve(null),
    exchange: null,
    limits: {
      maxArtifactSizeBytes: 1,
      uploadStallTimeoutMs: 1,
      maxRequestsPerMinutePerToken: 0,
      maxConnections: 0,
    },
    signatureKeys: {},
    counting: createUsageCounting(),
    larder: undefined as never,
    metrics: undefined as never,
    health: { checkStorage: () => Promise.resolve() },
    tracing: null,
    tls: tls as TlsMaterial | null,
    trustedProxies: [],
    logger,
  });
  expect(server.keepAliveTimeout).toBe(120_000);
  expect(server.timeout).toBe(120_000);
  expect([server.headersTimeout, server.requestTimeout]).toEqual([0, 0]);
  // Either means that there is no limit.
  expect([0, undefined]).toContain(server.maxRequestsPerSocket);
});
