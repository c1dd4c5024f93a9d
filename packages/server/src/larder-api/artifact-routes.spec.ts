// No token may learn of an artifact that it could not read, nor remove what it could not write.
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const TOKENS = {
  trusted: 'token-trusted',
  reader: 'token-reader',
  pr: 'token-pr',
  otherPr: 'token-other-pr',
  teamA: 'token-of-team-a',
} as const;

type TokenName = keyof typeof TOKENS;

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({
    tokens: [
      { token: TOKENS.trusted, access: 'read-write', label: 'main' },
      { token: TOKENS.reader, access: 'read' },
      { token: TOKENS.pr, access: 'read-write', scope: 'isolated:pr', label: 'pull requests' },
      { token: TOKENS.otherPr, access: 'read-write', scope: 'isolated:other' },
      { token: TOKENS.teamA, access: 'read-write', teams: ['a'] },
    ],
  });
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

const ask = (token: TokenName, path: string, init: RequestInit = {}) =>
  running.fetch(path, {
    ...init,
    headers: { authorization: `Bearer ${TOKENS[token]}`, ...(init.headers as object) },
  });

async function store(token: TokenName, path: string, body: string, durationMs = 0): Promise<void> {
  const headers = { 'x-artifact-duration': String(durationMs) };
  const answer = await ask(token, path, { method: 'PUT', body, headers });
  expect([200, 202]).toContain(answer.status);
}

const status = async (token: TokenName, path: string, method = 'GET') =>
  (await ask(token, path, { method })).status;

interface Listed {
  hash: string;
  scope: string;
  team: string;
}

async function list(token: TokenName, query = ''): Promise<Listed[]> {
  const answer = await ask(token, `/larder/v1/artifacts${query}`);
  return ((await answer.json()) as { artifacts: Listed[] }).artifacts;
}

const hashes = async (token: TokenName, query = '') =>
  (await list(token, query)).map(({ hash }) => hash).sort();

/** One in each scope, in another team, and one of the other API. */
async function storeOfEach(): Promise<void> {
  await store('trusted', '/v8/artifacts/trusted', 'x');
  await store('trusted', '/v1/cache/nx', 'x');
  await store('pr', '/v8/artifacts/pr', 'x');
  await store('otherPr', '/v8/artifacts/other', 'x');
  await store('trusted', '/v8/artifacts/team?slug=a', 'x');
}

describe('a list', () => {
  it('has what the token may read, and nothing else', async () => {
    await storeOfEach();
    expect(await hashes('trusted')).toEqual(['nx', 'team', 'trusted']);
    expect(await hashes('reader')).toEqual(['nx', 'team', 'trusted']);
    expect(await hashes('pr')).toEqual(['nx', 'pr', 'team', 'trusted']);
    expect(await hashes('otherPr', '?slug=')).toEqual(['nx', 'other', 'trusted']);
    expect(await hashes('teamA')).toEqual(['team']);
    expect(await hashes('trusted', '?slug=a')).toEqual(['team']);
    expect(await status('teamA', '/larder/v1/artifacts?slug=b')).toBe(403);
  });

  it('has those first that have most of what is asked for', async () => {
    await store('trusted', '/v8/artifacts/large', 'x'.repeat(300), 1);
    await store('pr', '/v8/artifacts/slow', 'x'.repeat(200), 10_000);
    await store('trusted', '/v8/artifacts/popular', 'x'.repeat(100), 10);
    await store('trusted', '/v8/artifacts/unused', 'x', 10);
    const downloads = ['popular', 'popular', 'popular', 'slow', 'large', 'large'];
    for (const hash of downloads) await (await ask('pr', `/v8/artifacts/${hash}`)).arrayBuffer();
    const inOrder = async (order: string, limit = 3) =>
      (await list('pr', `?order=${order}&limit=${limit}`)).map(({ hash }) => hash);
    expect(await inOrder('size')).toEqual(['large', 'slow', 'popular']);
    expect(await inOrder('recent', 1)).toHaveLength(1);
    expect(await inOrder('hits', 9)).toEqual(['popular', 'large', 'slow']);
    expect(await inOrder('saved', 9)).toEqual(['slow', 'popular', 'large']);
    const [first] = await list('pr', '?order=hits&limit=1');
    expect(first).toMatchObject({ hits: 3, savedMs: 30, sizeBytes: 100, durationMs: 10 });
  });

  it.each(['?order=name', '?limit=0', '?limit=101', '?limit=x', '?order=size&order=hits'])(
    'refuses %s',
    async (query) => {
      const answer = await ask('trusted', `/larder/v1/artifacts${query}`);
      expect(answer.status).toBe(400);
      const { message } = (await answer.json()) as { message: string };
      expect(message).toMatch(/^The query is invalid: "(order|limit)" must be /);
    },
  );
});

describe('one artifact', () => {
  it('is described, with who wrote it but not from where', async () => {
    await store('pr', '/v8/artifacts/pr', 'hello', 5);
    const described = await (await ask('pr', '/larder/v1/artifacts/artifacts/pr')).json();
    expect(described).toEqual({
      team: '',
      scope: 'isolated:pr',
      api: 'artifacts',
      hash: 'pr',
      sizeBytes: 5,
      sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      durationMs: 5,
      tag: null,
      sha: null,
      dirtyHash: null,
      clientCi: null,
      isClientInteractive: null,
      writer: 'pull requests',
      tokenId: expect.any(String) as string,
      repository: null,
      ref: null,
      run: null,
      createdAtMs: expect.any(Number) as number,
      accessedAtMs: expect.any(Number) as number,
      hits: 0,
      savedMs: 0,
    });
  });

  it.each<[TokenName, Record<string, number>]>([
    ['trusted', { trusted: 200, pr: 404, other: 404, team: 404 }],
    ['reader', { trusted: 200, pr: 404, other: 404, team: 404 }],
    ['pr', { trusted: 200, pr: 200, other: 404, team: 404 }],
    ['otherPr', { trusted: 200, pr: 404, other: 200, team: 404 }],
    ['teamA', { trusted: 404, pr: 404, other: 404, team: 200 }],
  ])('is told to a token exactly when it could be downloaded with it (%s)', async (token, all) => {
    await storeOfEach();
    for (const [hash, expected] of Object.entries(all)) {
      expect([hash, await status(token, `/larder/v1/artifacts/artifacts/${hash}`)]).toEqual([
        hash,
        expected,
      ]);
      expect(await status(token, `/v8/artifacts/${hash}`)).toBe(expected);
    }
  });

  it('is found by its own API only', async () => {
    await storeOfEach();
    expect(await status('trusted', '/larder/v1/artifacts/nx/nx')).toBe(200);
    expect(await status('trusted', '/larder/v1/artifacts/artifacts/nx')).toBe(404);
    expect(await status('trusted', '/larder/v1/artifacts/other/nx')).toBe(400);
    expect(await status('trusted', '/larder/v1/artifacts/nx/.hidden')).toBe(400);
  });
});

describe('a removal', () => {
  it.each<[TokenName, string, number]>([
    ['trusted', 'trusted', 200],
    ['trusted', 'pr', 404],
    ['trusted', 'team', 404],
    ['reader', 'trusted', 403],
    ['pr', 'pr', 200],
    ['pr', 'trusted', 404],
    ['pr', 'other', 404],
    ['otherPr', 'pr', 404],
    ['teamA', 'team', 200],
    ['teamA', 'trusted', 404],
  ])('by %s of %s is answered with %i', async (token, hash, expected) => {
    await storeOfEach();
    const before = await everything();
    expect(await status(token, `/larder/v1/artifacts/artifacts/${hash}`, 'DELETE')).toBe(expected);
    expect(await everything()).toEqual(
      expected === 200 ? before.filter((each) => each !== hash) : before,
    );
  });

  it('leaves an artifact of the same hash in another scope or API alone', async () => {
    await store('pr', '/v8/artifacts/same', 'of the pull request');
    await store('trusted', '/v8/artifacts/same', 'trusted');
    await store('trusted', '/v1/cache/same', 'of Nx');
    expect(await status('pr', '/larder/v1/artifacts/artifacts/same', 'DELETE')).toBe(200);
    expect(await (await ask('pr', '/v8/artifacts/same')).text()).toBe('trusted');
    expect(await status('trusted', '/larder/v1/artifacts/artifacts/same', 'DELETE')).toBe(200);
    expect(await status('trusted', '/v8/artifacts/same')).toBe(404);
    expect(await status('trusted', '/v1/cache/same')).toBe(200);
  });

  it('of a team that the token may not use is refused', async () => {
    const path = '/larder/v1/artifacts/artifacts/trusted?slug=b';
    expect(await status('teamA', path, 'DELETE')).toBe(403);
  });
});

/** Hashes of all that is stored, as those see it who may. */
async function everything(): Promise<string[]> {
  const lists = await Promise.all([
    hashes('trusted'),
    hashes('pr'),
    hashes('otherPr'),
    hashes('teamA'),
  ]);
  return [...new Set(lists.flat())].sort();
}
