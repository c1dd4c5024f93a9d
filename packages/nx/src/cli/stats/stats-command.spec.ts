import { createCliBed } from '../cli-bed.fixture.ts';
import { startTellingServer } from '../telling-server.fixture.ts';
import type { UsageAnswer } from './usage-answer.ts';

const bed = createCliBed();
afterEach(() => bed.cleanUp());

const token = 'token-of-the-team';

const usage: UsageAnswer = {
  range: '7d',
  teams: ['acme'],
  totals: {
    hits: 3,
    misses: 1,
    savedMs: 12_340,
    servedBytes: 1_234_567,
    stored: { artifacts: 1, bytes: 2_048 },
    evicted: { artifacts: 2, bytes: 5_000, youngestAgeMs: 90_000 },
    byClient: {
      ci: { hits: 3, misses: 0 },
      people: { hits: 0, misses: 1 },
      unknown: { hits: 0, misses: 0 },
    },
    latency: {
      get: { count: 3, p50Ms: 4, p95Ms: 20 },
      put: { count: 0, p50Ms: null, p95Ms: null },
    },
  },
  storage: { artifacts: 7, storedBytes: 9_000_000, limitBytes: 10_000_000 },
};

function startTelling({ status = 200, body = JSON.stringify(usage) } = {}) {
  return startTellingServer(bed, { token, endpoint: 'usage', status, body });
}

function enter(url: string, variables: Record<string, string> = {}): void {
  bed.enter({ variables: { LARDER_URL: url, LARDER_TOKEN: token, ...variables } });
}

it('tells what the server did for the team', async () => {
  const { url, asked } = await startTelling();
  enter(url, { LARDER_TEAM_SLUG: 'acme' });
  const { exitCode, output, errors } = await bed.larder('stats');
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  expect(output.split('\n')).toEqual([
    `Team acme, the last 7 days, ${url}`,
    '',
    'Lookups      3 of 4 were hits (75.0 %)',
    '  of CI      3 of 3 were hits (100.0 %)',
    '  of people  0 of 1 were hits (0.0 %)',
    '  not told   none',
    'Time saved   12.3 s',
    'Down         1.2 MB',
    'Up           2.0 kB in 1 artifact',
    'Stored now   9.0 MB of 10.0 MB in 7 artifacts',
    'Evicted      2 artifacts, 5.0 kB, as soon as 1 min 30 s after use',
    'Downloads    3, half within 4 ms, 95 % within 20 ms',
    'Uploads      none',
    '',
  ]);
  expect(asked).toEqual(['/larder/v1/usage?range=7d&slug=acme']);
});

it('tells all that the server says as JSON, of the time that is asked for', async () => {
  const { url, asked } = await startTelling();
  enter(url);
  expect(await bed.larderJson('stats', '--range', '30d')).toEqual(usage);
  expect(asked).toEqual(['/larder/v1/usage?range=30d']);
});

it.each([
  [{ status: 404, body: '{}' }, 'LARDER_CLI_NO_USAGE'],
  [{ status: 403, body: '{}' }, 'LARDER_CLI_NO_USAGE'],
  [{ body: '<html>' }, 'LARDER_CLI_NO_USAGE'],
  [{ body: 'null' }, 'LARDER_CLI_NO_USAGE'],
  [{ body: '{"totals":{"hits":1}}' }, 'LARDER_CLI_NO_USAGE'],
])('says of a server that answers %j that it tells no usage', async (answer, code) => {
  const { url } = await startTelling(answer);
  enter(url);
  const { exitCode, errors } = await bed.larder('stats');
  expect(exitCode).toBe(1);
  expect(errors).toContain(code);
});

it('says that there is no token, that it is wrong, and that nobody answers', async () => {
  const { url } = await startTelling();
  bed.enter({ variables: { LARDER_URL: url } });
  expect((await bed.larder('stats')).errors).toContain('LARDER_CLI_NO_TOKEN');
  enter(url, { LARDER_TOKEN: 'another' });
  expect((await bed.larder('stats')).errors).toContain('LARDER_ACCESS_UNAUTHORIZED');
  enter('http://127.0.0.1:9');
  expect((await bed.larder('stats')).errors).toContain('LARDER_CONNECT_FAILED');
});

it('takes no other range', async () => {
  enter('http://127.0.0.1:9');
  expect((await bed.larder('stats', '--range', '2h')).exitCode).toBe(2);
});
