// Downloads that go to the bucket itself.
import { randomBytes } from 'node:crypto';
import { createTestBucket, type TestBucket } from '../storage/s3/s3-bucket.fixture.ts';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const LARGE = randomBytes(9_000_000);
const SMALL = randomBytes(1_000);

let bucket: TestBucket;
let running: RunningServer;

beforeEach(async () => {
  bucket = await createTestBucket();
});
afterEach(async () => {
  await running.server.close();
  await bucket.close();
});
afterAll(removeTemporaryFolders);

async function start(redirectDownloads: boolean): Promise<void> {
  running = await startServer({ s3: { ...bucket.options, redirectDownloads } });
  const headers = { 'x-artifact-tag': 'a tag', 'x-artifact-duration': '12' };
  for (const [hash, body] of Object.entries({ large: LARGE, small: SMALL })) {
    const path = `/v8/artifacts/${hash}`;
    const { status } = await running.fetch(path, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers,
    });
    expect(status).toBe(202);
  }
}

const get = (hash: string, headers: Record<string, string> = {}) =>
  running.fetch(`/v8/artifacts/${hash}`, { headers, redirect: 'manual' });

const WANTS_LINKS = { 'x-larder-links': 'follow' };

it('gives a client that keeps its headers a link, good for the bytes and nothing else', async () => {
  await start(true);
  const answer = await get('large', WANTS_LINKS);
  expect(answer.status).toBe(307);
  expect(answer.headers.get('x-artifact-tag')).toBe('a tag');
  expect(answer.headers.get('x-artifact-duration')).toBe('12');
  const link = answer.headers.get('location')!;
  const bytes = Buffer.from(await (await fetch(link)).arrayBuffer());
  expect(bytes.equals(LARGE)).toBe(true);
  expect((await fetch(link, { method: 'DELETE' })).status).toBe(403);
  expect((await get('nothing', WANTS_LINKS)).status).toBe(404);
});

it('counts it as a hit', async () => {
  await start(true);
  await get('large', WANTS_LINKS);
  const { totals } = (await (await running.fetch('/larder/v1/usage')).json()) as {
    totals: { hits: number; servedBytes: number };
  };
  expect(totals).toMatchObject({ hits: 1, servedBytes: LARGE.length });
});

it.each([
  ['does not ask for links', true, 'large', {}],
  ['wants a small one', true, 'small', WANTS_LINKS],
  ['is served by a server that gives none', false, 'large', WANTS_LINKS],
])('gives the artifact itself to a client that %s', async (_who, redirects, hash, headers) => {
  await start(redirects);
  const answer = await get(hash, headers);
  expect(answer.status).toBe(200);
  const body = Buffer.from(await answer.arrayBuffer());
  expect(body.equals(hash === 'large' ? LARGE : SMALL)).toBe(true);
});
