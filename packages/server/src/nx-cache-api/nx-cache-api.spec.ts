import { randomBytes } from 'node:crypto';
import { chmod, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  listStoredFiles,
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';
import { sendInPieces } from '../testing/raw-request.fixture.ts';

const HASH = '13736315108187780736';

const READER = 'reader-token-for-tests';
const WRITER = 'writer-token-for-tests';
const TEAM_WRITER = 'team-writer-token-for-tests';
const TEAMS_WRITER = 'teams-writer-token-for-tests';

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({
    maxArtifactSizeBytes: 2_000_000,
    tokens: [
      { token: WRITER, access: 'read-write' },
      { token: READER, access: 'read' },
      { token: TEAM_WRITER, access: 'read-write', teams: ['one'] },
      { token: TEAMS_WRITER, access: 'read-write', teams: ['one', 'two'] },
    ],
  });
});

afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

function call(path: string, init: RequestInit & { token?: string | null } = {}) {
  const { token = WRITER, ...rest } = init;
  return running.fetch(path, {
    ...rest,
    headers: { authorization: token === null ? '' : `Bearer ${token}` },
  });
}

function put(hash: string, body: string | Uint8Array<ArrayBuffer>, token: string | null = WRITER) {
  return call(`/v1/cache/${hash}`, { method: 'PUT', body, token });
}

it('returns what was stored, under duplicate slashes as well', async () => {
  const bytes = randomBytes(1_000_003);
  expect((await put(HASH, bytes)).status).toBe(200);
  for (const path of [`/v1/cache/${HASH}`, `//v1/cache/${HASH}`]) {
    const fetched = await call(path);
    expect(fetched.status).toBe(200);
    expect(fetched.headers.get('content-type')).toBe('application/octet-stream');
    expect(fetched.headers.get('content-length')).toBe('1000003');
    expect(Buffer.from(await fetched.arrayBuffer()).equals(bytes)).toBe(true);
  }
});

it('answers 404 to a miss and 409 to a duplicate, which changes nothing', async () => {
  expect((await call(`/v1/cache/${HASH}`)).status).toBe(404);
  expect((await put(HASH, 'first')).status).toBe(200);
  expect((await put(HASH, 'second')).status).toBe(409);
  expect(await (await call(`/v1/cache/${HASH}`)).text()).toBe('first');
});

it('answers 200 to exactly one of many concurrent uploads of one hash', async () => {
  const bodies = Array.from({ length: 10 }, () => randomBytes(100_000));
  const answers = await Promise.all(bodies.map((body) => put(HASH, body)));
  expect(answers.map(({ status }) => status).sort()).toEqual([
    200,
    ...bodies.slice(1).map(() => 409),
  ]);
  const winner = bodies[answers.findIndex(({ status }) => status === 200)];
  const fetched = await call(`/v1/cache/${HASH}`);
  expect(winner?.equals(Buffer.from(await fetched.arrayBuffer()))).toBe(true);
  expect(await listStoredFiles(running.dataDirectory)).toHaveLength(1);
});

it('never serves the body of one API by the other', async () => {
  await put(HASH, 'of nx');
  expect((await call(`/v8/artifacts/${HASH}`)).status).toBe(404);
  expect((await call(`/v8/artifacts/${HASH}`, { method: 'PUT', body: 'of vercel' })).status).toBe(
    202,
  );
  expect(await (await call(`/v1/cache/${HASH}`)).text()).toBe('of nx');
  expect(await (await call(`/v8/artifacts/${HASH}`)).text()).toBe('of vercel');
});

it.each([
  ['GET', null, 401],
  ['PUT', null, 401],
  ['GET', 'unknown', 401],
  ['PUT', 'unknown', 401],
  ['PUT', READER, 403],
  ['GET', TEAMS_WRITER, 403],
] as const)('tells %s with token %s by %i in exactly text/plain', async (method, token, status) => {
  const response = await call(`/v1/cache/${HASH}`, {
    method,
    token,
    ...(method === 'PUT' ? { body: 'x' } : {}),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/plain']);
  expect(await response.text()).toMatch(/token/);
});

it('lets a reader read', async () => {
  await put(HASH, 'x');
  expect((await call(`/v1/cache/${HASH}`, { token: READER })).status).toBe(200);
});

it('takes the team of a token for a single team, since Nx names none', async () => {
  expect((await put(HASH, 'of one', TEAM_WRITER)).status).toBe(200);
  expect((await call(`/v1/cache/${HASH}`)).status).toBe(404);
  for (const token of [WRITER, TEAMS_WRITER]) {
    expect(await (await call(`/v1/cache/${HASH}?slug=one`, { token })).text()).toBe('of one');
  }
});

describe('never breaks a build', () => {
  it('refuses with 403 what is too large, because 413 fails the build', async () => {
    expect((await put(HASH, Buffer.alloc(2_000_001))).status).toBe(403);
    expect(await listStoredFiles(running.dataDirectory)).toEqual([]);
  });

  it('takes a hash that it cannot store for a miss', async () => {
    for (const hash of ['..%2f..%2ftoken', '.hidden', 'a'.repeat(200)]) {
      expect((await call(`/v1/cache/${hash}`)).status).toBe(404);
      expect((await put(hash, 'x')).status).toBe(403);
    }
    expect(await listStoredFiles(running.dataDirectory)).toEqual([]);
  });

  it('takes a damaged artifact for a miss and lets the next upload repair it', async () => {
    await put(HASH, 'all of it');
    const [file] = await listStoredFiles(running.dataDirectory);
    const name = file!.replace('blobs/', '');
    await truncate(join(running.dataDirectory, 'blobs', name.slice(0, 2), name), 3);
    expect((await call(`/v1/cache/${HASH}`)).status).toBe(404);
    expect((await put(HASH, 'repaired')).status).toBe(200);
    expect(await (await call(`/v1/cache/${HASH}`)).text()).toBe('repaired');
  });

  it('answers 200 to an upload that the disk does not take, and a miss afterwards', async () => {
    const uploads = join(running.dataDirectory, 'uploads');
    await rm(uploads, { recursive: true });
    await writeFile(uploads, 'no folder');
    expect((await put(HASH, randomBytes(500_000))).status).toBe(200);
    expect((await call(`/v1/cache/${HASH}`)).status).toBe(404);
    expect((await call(`/v8/artifacts/${HASH}`, { method: 'PUT', body: 'x' })).status).toBe(503);
  });

  it('answers 404 to a lookup that the disk does not serve, and keeps the artifact', async () => {
    await put(HASH, 'bytes');
    const [file] = await listStoredFiles(running.dataDirectory);
    const shard = join(running.dataDirectory, 'blobs', file!.replace('blobs/', '').slice(0, 2));
    await rename(shard, `${shard}-aside`);
    await writeFile(shard, 'no folder');
    expect((await call(`/v1/cache/${HASH}`)).status).toBe(404);
    await rm(shard);
    await rename(`${shard}-aside`, shard);
    await chmod(shard, 0o700);
    expect(await (await call(`/v1/cache/${HASH}`)).text()).toBe('bytes');
  });
});

it('requires a length', async () => {
  const headers = { authorization: `Bearer ${WRITER}`, 'transfer-encoding': 'chunked' };
  const answer = await sendInPieces(
    running,
    { method: 'PUT', path: `/v1/cache/${HASH}`, headers },
    [Buffer.from('x')],
  );
  expect(answer.status).toBe(411);
});
