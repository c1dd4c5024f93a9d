// What is counted, through a real server.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { UsageFigures } from '../usage/usage-figures.ts';
import type { UsageReport } from '../usage/usage-report.ts';
import {
  removeTemporaryFolders,
  startServer,
  TEST_TOKEN,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const OTHER_TOKEN = 'test-token-other';

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({
    tokens: [
      { token: TEST_TOKEN, access: 'read-write' },
      { token: OTHER_TOKEN, access: 'read' },
    ],
  });
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

type Headers = Record<string, string>;

const put = (path: string, body: string, headers: Headers = {}) =>
  running.fetch(path, { method: 'PUT', body, headers });

async function get(path: string, headers: Headers = {}): Promise<number> {
  const answer = await running.fetch(path, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

interface Event {
  source?: 'LOCAL' | 'REMOTE';
  event: 'HIT' | 'MISS';
  hash: string;
}

const tell = (events: Event[], headers: Headers = {}, query = '') => {
  const sessionId = randomUUID();
  return running.fetch(`/v8/artifacts/events${query}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(events.map((event) => ({ sessionId, source: 'REMOTE', ...event }))),
  });
};

async function figures(query = ''): Promise<UsageFigures> {
  const answer = await running.fetch(`/larder/v1/usage${query}`);
  return ((await answer.json()) as UsageReport).totals;
}

const lookups = ({ hits, misses }: UsageFigures) => ({ hits, misses });

it('counts downloads, what they saved, and uploads', async () => {
  await put('/v8/artifacts/a', 'hello', { 'x-artifact-duration': '1500' });
  await put('/v8/artifacts/a', 'hello', { 'x-artifact-duration': '1500' });
  await get('/v8/artifacts/a');
  await get('/v8/artifacts/a');
  await get('/v8/artifacts/b');
  expect(await figures()).toMatchObject({
    hits: 2,
    misses: 1,
    hitRate: 2 / 3,
    savedMs: 3_000,
    servedBytes: 10,
    stored: { artifacts: 1, bytes: 5 },
    duplicates: { artifacts: 1, bytes: 5 },
    byApi: { artifacts: { hits: 2, misses: 1 }, nx: { hits: 0, misses: 0 } },
    latency: { get: { count: 3 }, put: { count: 2 } },
    requests: { refused: 0, failed: 0, aborted: 0 },
  });
});

it('counts the API of Nx by itself', async () => {
  await put('/v1/cache/1', 'hello');
  await put('/v1/cache/1', 'hello');
  await get('/v1/cache/1');
  await get('/v1/cache/2');
  await get('/v1/cache/3');
  expect(await figures()).toMatchObject({
    byApi: { artifacts: { hits: 0, misses: 0 }, nx: { hits: 1, misses: 2 } },
    servedBytes: 5,
    stored: { artifacts: 1 },
    duplicates: { artifacts: 1 },
  });
});

// Nx 22.7 sent 442 requests for 50 tasks.
it('takes it for one lookup when Nx asks again and again, until it has what it asks for', async () => {
  for (let round = 0; round < 5; round += 1) await get('/v1/cache/1');
  expect(lookups(await figures())).toEqual({ hits: 0, misses: 1 });
  await put('/v1/cache/1', 'hello');
  await get('/v1/cache/1');
  await running.fetch('/v8/artifacts', { method: 'DELETE' });
  for (let round = 0; round < 5; round += 1) await get('/v1/cache/1');
  expect(lookups(await figures())).toEqual({ hits: 1, misses: 2 });
  for (const hash of ['2', '2', '3']) {
    await get(`/v1/cache/${hash}`, { authorization: `Bearer ${OTHER_TOKEN}` });
    await get(`/v1/cache/${hash}`);
  }
  expect(lookups(await figures())).toEqual({ hits: 1, misses: 6 });
});

it('takes HEADs, questions and parts for no lookups', async () => {
  await put('/v8/artifacts/a', 'hello');
  for (const hash of ['a', 'b']) {
    await running.fetch(`/v8/artifacts/${hash}`, { method: 'HEAD' });
    await get(`/v8/artifacts/${hash}`, { range: 'bytes=0-1' });
  }
  await running.fetch('/v8/artifacts', {
    method: 'POST',
    body: JSON.stringify({ hashes: ['a', 'b'] }),
  });
  expect(await figures()).toMatchObject({ hits: 0, misses: 0, servedBytes: 0 });
});

describe('what clients tell of their lookups', () => {
  it('is not counted again, as of Turborepo, which asks for each and tells of each', async () => {
    await put('/v8/artifacts/a', 'hello');
    for (let run = 0; run < 2; run += 1) {
      await get('/v8/artifacts/a');
      await get('/v8/artifacts/b');
      await tell([
        { source: 'LOCAL', event: 'MISS', hash: 'a' },
        { event: 'HIT', hash: 'a' },
        { source: 'LOCAL', event: 'MISS', hash: 'b' },
        { event: 'MISS', hash: 'b' },
      ]);
    }
    expect(lookups(await figures())).toEqual({ hits: 2, misses: 2 });
  });

  it('is counted where nothing was asked for, as of the plugin, which knew before', async () => {
    await get('/v8/artifacts/c');
    await tell([
      { event: 'MISS', hash: 'a' },
      { event: 'MISS', hash: 'b' },
      { event: 'MISS', hash: 'c' },
      { source: 'LOCAL', event: 'HIT', hash: 'd' },
    ]);
    await tell([{ event: 'MISS', hash: 'a' }]);
    expect(await figures()).toMatchObject({ hits: 0, misses: 4, localHits: 1 });
  });

  it('makes no miss of a download that the client could not use', async () => {
    await put('/v8/artifacts/a', 'hello');
    await get('/v8/artifacts/a');
    await tell([{ event: 'MISS', hash: 'a' }]);
    expect(lookups(await figures())).toEqual({ hits: 1, misses: 0 });
  });

  it('is about the lookups of the same token and team only', async () => {
    await get('/v8/artifacts/a?slug=x');
    await tell([{ event: 'MISS', hash: 'a' }], {}, '?slug=y');
    const authorization = `Bearer ${OTHER_TOKEN}`;
    await tell([{ event: 'MISS', hash: 'a' }], { authorization }, '?slug=x');
    expect(lookups(await figures('?slug=x'))).toEqual({ hits: 0, misses: 2 });
    expect(lookups(await figures('?slug=y'))).toEqual({ hits: 0, misses: 1 });
    expect(lookups(await figures())).toEqual({ hits: 0, misses: 3 });
  });
});

it('tells CI from people where the client says what it is', async () => {
  await put('/v8/artifacts/a', 'hello');
  await get('/v8/artifacts/a', {
    'x-artifact-client-ci': 'GITLAB',
    'x-artifact-client-interactive': '0',
  });
  await get('/v8/artifacts/a', { 'x-artifact-client-interactive': '0' });
  await get('/v8/artifacts/b', { 'x-artifact-client-interactive': '1' });
  await get('/v8/artifacts/b');
  await tell([{ event: 'MISS', hash: 'c' }], { 'x-artifact-client-ci': 'GITLAB' });
  expect((await figures()).byClient).toEqual({
    ci: { hits: 1, misses: 1 },
    people: { hits: 1, misses: 1 },
    unknown: { hits: 0, misses: 1 },
  });
});

it('tells how requests ended', async () => {
  await get('/v8/artifacts/a');
  await running.fetch('/v8/artifacts/a', { method: 'HEAD' });
  await get('/v8/artifacts/..');
  await get('/v8/artifacts/a', { authorization: 'Bearer wrong' });
  await put('/v1/cache/a', 'x', { authorization: `Bearer ${OTHER_TOKEN}` });
  await get('/nowhere');
  const { requests, authFailures } = await figures();
  expect([requests, authFailures]).toEqual([{ ok: 2, refused: 4, failed: 0, aborted: 0 }, 1]);
});

it('takes a download that was given up for no hit', async () => {
  const bytes = Buffer.alloc(64 * 1024 ** 2);
  await running.fetch('/v8/artifacts/a', { method: 'PUT', body: bytes });
  const socket = connect({ host: running.host, port: running.port });
  socket.write(
    `GET /v8/artifacts/a HTTP/1.1\r\nHost: x\r\nAuthorization: ${running.authorization}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  let found = await figures();
  while (found.requests.aborted === 0) found = await figures();
  expect(found).toMatchObject({ hits: 0, misses: 0, servedBytes: 0, requests: { aborted: 1 } });
});

it('tells of an upload that was given up as such', async () => {
  const socket = connect({ host: running.host, port: running.port });
  socket.write(
    `PUT /v8/artifacts/a HTTP/1.1\r\nHost: x\r\nAuthorization: ${running.authorization}\r\n` +
      'Content-Length: 9\r\n\r\nhalf',
  );
  // What is asked on another connection afterwards is answered after this one was read.
  await get('/v8/artifacts/other');
  socket.destroy();
  let found = await figures();
  while (found.requests.aborted === 0) found = await figures();
  expect(found).toMatchObject({ stored: { artifacts: 0 }, requests: { aborted: 1, failed: 0 } });
});

it('takes a lookup of Nx that failed for the miss that Nx takes it for', async () => {
  await put('/v8/artifacts/a', 'x');
  await get(`/v1/cache/${'a'.repeat(200)}`);
  expect(await figures()).toMatchObject({ byApi: { nx: { hits: 0, misses: 1 } } });
});

it('counts what was purged', async () => {
  await put('/v8/artifacts/a?slug=x', 'hello');
  await put('/v8/artifacts/b?slug=x', 'hello');
  await running.fetch('/v8/artifacts?slug=x', { method: 'DELETE' });
  const { purged } = await figures('?slug=x');
  expect(purged.artifacts).toBe(2);
  expect(purged.bytes).toBeGreaterThan(10);
});

it('keeps what it has counted when the server stops', async () => {
  await get('/v8/artifacts/a');
  await running.server.close();
  running = await startServer({ dataDirectory: running.dataDirectory });
  expect(lookups(await figures())).toEqual({ hits: 0, misses: 1 });
});
