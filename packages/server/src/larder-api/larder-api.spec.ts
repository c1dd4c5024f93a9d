import { readPackageVersion } from '../package-version.ts';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';
import type { UsageReport } from '../usage/usage-report.ts';

const EXPIRES_AT = '2099-01-31T00:00:00.000Z';

const TOKENS = {
  every: 'token-of-every-team',
  both: 'token-of-a-and-b',
  a: 'token-of-a',
} as const;

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({
    maxStoreSizeBytes: 100_000_000,
    maxTeamSizeBytes: 10_000_000,
    tokens: [
      { token: TOKENS.every, access: 'read-write', label: 'every' },
      { token: TOKENS.both, access: 'read-write', teams: ['a', 'b'] },
      {
        token: TOKENS.a,
        access: 'read',
        teams: ['a'],
        scope: 'isolated:pr',
        label: 'only a',
        expiresAt: EXPIRES_AT,
      },
    ],
  });
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

const ask = (token: keyof typeof TOKENS, path: string, init: RequestInit = {}) =>
  running.fetch(path, { ...init, headers: { authorization: `Bearer ${TOKENS[token]}` } });

async function answerTo(token: keyof typeof TOKENS, path: string): Promise<unknown> {
  const answer = await ask(token, path);
  return answer.json();
}

async function usage(token: keyof typeof TOKENS, query = ''): Promise<UsageReport> {
  return (await answerTo(token, `/larder/v1/usage${query}`)) as UsageReport;
}

async function lookUp(team: string, hash: string): Promise<void> {
  await (await ask('every', `/v8/artifacts/${hash}?slug=${team}`)).arrayBuffer();
}

describe('whoami', () => {
  it('tells what a token is good for', async () => {
    const before = Date.now();
    const answer = (await answerTo('a', '/larder/v1/whoami')) as { serverTimeMs: number };
    expect(answer).toEqual({
      tokenId: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
      label: 'only a',
      access: 'read',
      scope: 'isolated:pr',
      teams: ['a'],
      expiresAtMs: Date.parse(EXPIRES_AT),
      version: readPackageVersion(),
      serverTimeMs: expect.any(Number) as number,
    });
    expect(answer.serverTimeMs).toBeGreaterThanOrEqual(before);
    expect(await answerTo('every', '/larder/v1/whoami')).toMatchObject({
      access: 'read-write',
      scope: 'trusted',
      teams: null,
      expiresAtMs: null,
    });
  });

  it('tells nobody anything who has no token', async () => {
    const answer = await running.fetch('/larder/v1/whoami', { headers: { authorization: '' } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });
});

describe('usage', () => {
  beforeEach(async () => {
    await ask('every', '/v8/artifacts/h?slug=a', { method: 'PUT', body: 'hello' });
    await lookUp('a', 'h');
    await lookUp('b', 'h');
    await lookUp('b', 'i');
    await lookUp('c', 'h');
  });

  it('tells a token for every team of all, with those that look up most first', async () => {
    const report = await usage('every');
    expect(report).toMatchObject({
      range: '24h',
      bucketMs: 3_600_000,
      teams: null,
      totals: { hits: 1, misses: 3, hitRate: 0.25 },
      storage: { artifacts: 1, limitBytes: 100_000_000 },
    });
    expect(report.topTeams.map(({ team, misses }) => [team, misses])).toEqual([
      ['b', 2],
      ['a', 0],
      ['c', 1],
    ]);
    expect(report.topTeams[1]?.storage).toEqual({
      artifacts: 1,
      storedBytes: report.storage.storedBytes,
      limitBytes: 10_000_000,
    });
  });

  it('tells a token for some teams of these only', async () => {
    expect(await usage('both')).toMatchObject({
      teams: ['a', 'b'],
      totals: { hits: 1, misses: 2, authFailures: 0 },
      storage: { artifacts: 1, limitBytes: 20_000_000 },
      topTeams: [],
    });
    expect(await usage('a')).toMatchObject({ teams: ['a'], totals: { hits: 1, misses: 0 } });
  });

  it('tells of one team when it is named', async () => {
    expect(await usage('every', '?teamId=b')).toMatchObject({
      teams: ['b'],
      totals: { hits: 0, misses: 2 },
      storage: { artifacts: 0, limitBytes: 10_000_000 },
      topTeams: [],
    });
    expect(await usage('both', '?slug=a')).toMatchObject({ teams: ['a'], totals: { hits: 1 } });
    expect(await usage('every', '?teamId=')).toMatchObject({ teams: [''], totals: { hits: 0 } });
    expect((await ask('a', '/larder/v1/usage?teamId=b')).status).toBe(403);
    expect((await ask('both', '/larder/v1/usage?slug=c')).status).toBe(403);
    expect((await ask('both', '/larder/v1/usage?slug=')).status).toBe(403);
  });

  it.each([
    ['24h', 24, 3_600_000],
    ['7d', 168, 3_600_000],
    ['30d', 30, 86_400_000],
    ['1y', 365, 86_400_000],
  ])('divides %s into %i buckets, the last of which is now', async (range, buckets, bucketMs) => {
    const { series, totals, fromMs, toMs } = await usage('every', `?range=${range}`);
    expect(series).toHaveLength(buckets);
    expect([toMs - fromMs, series[0]?.startMs, series.at(-1)?.startMs]).toEqual([
      buckets * bucketMs,
      fromMs,
      toMs - bucketMs,
    ]);
    expect(series.reduce((sum, { misses }) => sum + misses, 0)).toBe(totals.misses);
    expect(totals.misses).toBe(3);
    expect(toMs).toBeGreaterThan(Date.now() - 1_000);
  });

  it.each(['?range=2h', '?range=', '?range=7d&range=24h', '?teamId=a&teamId=b'])(
    'refuses %s and says what is wrong with it',
    async (query) => {
      const answer = await ask('every', `/larder/v1/usage${query}`);
      expect(answer.status).toBe(400);
      const { message } = (await answer.json()) as { message: string };
      expect(message).toContain(query.startsWith('?range') ? '"range" must be one of' : '"teamId"');
    },
  );
});

describe('trouble', () => {
  it('tells a token for every team what the log warned of', async () => {
    await running.server.close();
    running = await startServer({ logLevel: 'warn' });
    const answer = await running.fetch('/larder/v1/trouble');
    expect(await answer.json()).toEqual({
      trouble: [
        {
          level: 'warn',
          message: expect.stringMatching(/^Every token of this server may write/) as string,
          count: 1,
          firstAtMs: expect.any(Number) as number,
          lastAtMs: expect.any(Number) as number,
        },
      ],
    });
  });

  it('is nothing for a token for some teams', async () => {
    expect((await ask('both', '/larder/v1/trouble')).status).toBe(403);
  });
});
