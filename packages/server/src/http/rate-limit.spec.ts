import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { openSocket } from '../testing/raw-request.fixture.ts';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const MAX_REQUESTS = 5;
const OTHER = 'another-token-for-tests';

let running: RunningServer;

afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

describe('a token with a limit of requests', () => {
  beforeEach(async () => {
    running = await startServer({
      maxRequestsPerMinutePerToken: MAX_REQUESTS,
      tokens: [
        { token: 'test-token-read-write', access: 'read-write', label: 'tester' },
        { token: OTHER, access: 'read-write', label: 'other' },
      ],
    });
  });

  const exhaust = async () => {
    for (let count = 0; count < MAX_REQUESTS; count += 1) {
      const path = count % 2 === 0 ? '/v8/artifacts/status' : '/v8/artifacts/absent';
      expect((await running.fetch(path)).status).toBe(count % 2 === 0 ? 200 : 404);
    }
  };

  it('is told to wait when it has sent too many, whatever it asks for', async () => {
    await exhaust();
    for (const init of [{}, { method: 'PUT', body: 'bytes' }, { method: 'HEAD' }]) {
      const response = await running.fetch('/v8/artifacts/abc', init);
      expect(response.status).toBe(429);
      const seconds = Number(response.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      expect([...response.headers.keys()].join()).not.toContain('ratelimit');
      const body = await response.text();
      if (init.method !== 'HEAD') {
        expect(JSON.parse(body)).toMatchObject({ code: 'too_many_requests' });
      }
    }
  });

  it('gets misses and refused uploads on the API of Nx, which fails builds on 429', async () => {
    await exhaust();
    const get = await running.fetch('/v1/cache/abc');
    const put = await running.fetch('/v1/cache/abc', { method: 'PUT', body: 'bytes' });
    expect([get.status, put.status]).toEqual([404, 403]);
    expect(put.headers.get('content-type')).toBe('text/plain');
  });

  it('takes nothing from other tokens, and unknown ones are still told so', async () => {
    await exhaust();
    const call = async (token: string) =>
      (
        await running.fetch('/v8/artifacts/status', {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status;
    expect([await call(OTHER), await call('unknown')]).toEqual([200, 401]);
  });
});

it('without a limit nobody is told to wait', async () => {
  running = await startServer();
  const responses = await Promise.all(
    Array.from({ length: 200 }, () => running.fetch('/v8/artifacts/status')),
  );
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
});

it('connections beyond the limit are hung up on, and others take their place', async () => {
  running = await startServer({ maxConnections: 2 });
  const request = `GET /v8/artifacts/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${running.authorization}\r\n\r\n`;
  const first = await openSocket(running);
  const second = await openSocket(running);
  // Both are known to the server once it has answered the later one.
  second.write(request);
  expect(await text(second)).toMatch(/^HTTP\/1\.1 200 /);
  const third = await openSocket(running);
  third.write('GET ');
  const refused = await openSocket(running);
  await once(refused, 'close');

  first.destroy();
  third.write(request.slice('GET '.length));
  expect(await text(third)).toMatch(/^HTTP\/1\.1 200 /);
});
