// The subcommands work on the data folder of a server that runs.
import { join } from 'node:path';
import { runCommand } from '../testing/run-command.fixture.ts';
import {
  createTemporaryFolder,
  listStoredFiles,
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

let running: RunningServer;

beforeEach(async () => {
  running = await startServer();
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

/** Runs a command on the server's folder and returns what it printed. */
const run = (...args: string[]) => runCommand(running.dataDirectory, args);

const status = async (token: string) =>
  (await running.fetch('/v8/artifacts/status', { headers: { authorization: `Bearer ${token}` } }))
    .status;

const put = (hash: string, token?: string) =>
  running.fetch(`/v8/artifacts/${hash}`, {
    method: 'PUT',
    body: hash,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });

interface Line {
  id: string;
  token: string;
  hash: string;
}

const lines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

async function createToken(...args: string[]): Promise<Line> {
  const { out } = await run('token', 'create', '--access', 'read-write', '--json', ...args);
  return lines(out)[0]!;
}

it('a command that does not exist is named, and starts no server', async () => {
  const { exitCode, err } = await run('tokens');
  expect([exitCode, err]).toEqual([2, "error: unknown command 'tokens'\n"]);
});

describe('token', () => {
  it('create makes one that a running server knows at once, and revoke ends it at once', async () => {
    const { out, exitCode } = await run(
      'token',
      'create',
      '--label',
      'laptops',
      '--access',
      'read',
    );
    const token = out.trim();
    expect(exitCode).toBe(0);
    expect(token).toMatch(/^larder_[\w-]{43}$/);
    expect(await status(token)).toBe(200);
    expect((await put('abc', token)).status).toBe(403);

    const list = await run('token', 'list', '--json');
    expect(lines(list.out)).toMatchObject([
      { label: 'laptops', access: 'read', scope: 'trusted', teams: null, expiresAt: null },
    ]);
    expect(list.out).not.toContain(token);
    expect((await run('token', 'revoke', lines(list.out)[0]!.id)).exitCode).toBe(0);
    expect(await status(token)).toBe(401);
    expect((await run('token', 'list')).out).toBe('');
    expect((await run('token', 'list', '--all')).out).toMatch(/ laptops .* revoked\n$/);
  });

  it('create gives a scope, teams and an expiry', async () => {
    const before = Date.now();
    await createToken(
      ...['--label', 'pull requests', '--scope', 'isolated:pr', '--expires-in', '12h'],
      ...['--team', 'a', '--team', 'b'],
    );
    const [listed] = lines((await run('token', 'list', '--json')).out) as unknown as [
      { expiresAt: string },
    ];
    expect(listed).toMatchObject({ scope: 'isolated:pr', teams: ['a', 'b'] });
    expect(Date.parse(listed.expiresAt)).toBeGreaterThanOrEqual(before + 12 * 3_600_000);
  });

  it('create comes before the first start of a server, which then needs no other token', async () => {
    const folder = join(await createTemporaryFolder(), 'new');
    const { out } = await runCommand(folder, [
      'token',
      'create',
      '--label',
      'all',
      '--access',
      'read',
    ]);
    const other = await startServer({ dataDirectory: folder, tokens: [], host: '0.0.0.0' });
    const headers = { authorization: `Bearer ${out.trim()}` };
    const answer = await other.fetch('/v8/artifacts/status', { headers });
    expect([answer.status, other.server.token]).toEqual([200, null]);
    await other.server.close();
  });

  it.each([
    ['no label', ['--access', 'read']],
    ['no access', ['--label', 'x']],
    ['another access', ['--label', 'x', '--access', 'write']],
    ['another scope', ['--label', 'x', '--access', 'read', '--scope', 'pr']],
    ['another time', ['--label', 'x', '--access', 'read', '--expires-in', '12']],
    ['no time at all', ['--label', 'x', '--access', 'read', '--expires-in', '0d']],
  ])('create refuses %s and makes none', async (_what, args) => {
    const { exitCode, err } = await run('token', 'create', ...args);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^error: /);
    expect((await run('token', 'list', '--all')).out).toBe('');
  });

  it('revoke names the ids that it does not know', async () => {
    const { id } = await createToken('--label', 'x');
    const { exitCode, err } = await run('token', 'revoke', id, 'absent');
    expect(exitCode).toBe(1);
    expect(err).toContain('absent. [LARDER_SERVER_TOKEN_UNKNOWN]');
    expect(err).not.toContain(id);
  });

  it('list does not make a folder that is not there', async () => {
    const folder = join(await createTemporaryFolder(), 'absent');
    const { exitCode, err } = await runCommand(folder, ['token', 'list']);
    expect([exitCode, err]).toEqual([1, expect.stringContaining('LARDER_SERVER_DATA_UNUSABLE')]);
  });
});

describe('audit', () => {
  it('tells who wrote an artifact', async () => {
    const { id, token } = await createToken('--label', 'ci', '--scope', 'isolated:pr');
    await put('abc', token);
    const { out } = await run('audit', '--hash', 'abc');
    expect(lines(out)).toMatchObject([
      {
        hash: 'abc',
        scope: 'isolated:pr',
        team: '',
        api: 'artifacts',
        sizeBytes: 3,
        writer: 'ci',
        tokenId: id,
        repository: null,
        address: '127.0.0.1',
        createdAt: expect.any(String) as string,
      },
    ]);
    expect((await run('audit', '--hash', 'other')).out).toBe('');
  });
});

describe('purge', () => {
  beforeEach(async () => {
    const { token } = await createToken('--label', 'intruder');
    await put('good');
    await put('bad', token);
  });

  const get = async (hash: string) => (await running.fetch(`/v8/artifacts/${hash}`)).status;

  it('removes what a writer wrote, while the server runs', async () => {
    expect((await run('purge', '--writer', 'intruder')).out).toBe('{"removed":1}\n');
    expect([await get('bad'), await get('good')]).toEqual([404, 200]);
    expect(await listStoredFiles(running.dataDirectory)).toHaveLength(1);
    // The slot is free again.
    expect((await put('bad')).status).toBe(202);
    expect(await get('bad')).toBe(200);
  });

  it('only lists with --dry-run', async () => {
    const { out } = await run('purge', '--writer', 'intruder', '--dry-run');
    expect(lines(out).map(({ hash }) => hash)).toEqual(['bad']);
    expect(await get('bad')).toBe(200);
  });

  it('goes by age', async () => {
    expect((await run('purge', '--older-than', '1h')).out).toBe('{"removed":0}\n');
    expect((await run('purge', '--younger-than', '1h')).out).toBe('{"removed":2}\n');
  });

  it('removes everything with --all and nothing without any condition', async () => {
    expect((await run('purge')).exitCode).toBe(2);
    expect((await run('purge', '--all', '--writer', 'intruder')).exitCode).toBe(2);
    expect([await get('bad'), await get('good')]).toEqual([200, 200]);
    expect((await run('purge', '--all')).out).toBe('{"removed":2}\n');
    expect([await get('bad'), await get('good')]).toEqual([404, 404]);
  });
});

describe('usage', () => {
  /** What the server has counted reaches the folder when it stops, if not before. */
  async function stopAfter(hashes: readonly string[]): Promise<void> {
    for (const hash of hashes) await (await running.fetch(`/v8/artifacts/${hash}?slug=x`)).text();
    await running.server.close();
  }

  it('tells what the server did, beside one that runs', async () => {
    await running.fetch('/v8/artifacts/a?slug=x', {
      method: 'PUT',
      body: 'hello',
      headers: { 'x-artifact-duration': '90000' },
    });
    await stopAfter(['a', 'a', 'b']);
    running = await startServer({ dataDirectory: running.dataDirectory });
    const { out, exitCode } = await run('usage');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Last 24h, all teams\n\n {2}lookups +3, 2 hits \(66 %\)\n/);
    expect(out).toMatch(/^ {2}time saved +3\.0 min$/m);
    expect(out).toMatch(/^ {2}served +10 B$/m);
    expect(out).toMatch(/^ {2}stored +1 artifacts, 5 B$/m);
    const other = await run('usage', '--team', 'y', '--range', '7d');
    expect(other.out).toMatch(/^Last 7d, team "y"\n\n {2}lookups +0\n/);
  });

  it('prints what the API answers with --json', async () => {
    await stopAfter(['a']);
    running = await startServer({ dataDirectory: running.dataDirectory });
    const answer = await running.fetch('/larder/v1/usage?range=30d');
    const { totals, series } = (await answer.json()) as { totals: object; series: object[] };
    const told = lines((await run('usage', '--json', '--range', '30d')).out)[0];
    expect(told).toMatchObject({
      range: '30d',
      totals: { ...totals, requests: expect.any(Object) as object },
      teams: null,
    });
    expect((told as unknown as { series: object[] }).series).toHaveLength(series.length);
  });

  it('knows what a purge beside the server removed', async () => {
    await put('a');
    await put('b');
    await run('purge', '--all');
    const [report] = lines((await run('usage', '--json')).out) as unknown as [
      { totals: { purged: { artifacts: number } } },
    ];
    expect(report.totals.purged.artifacts).toBe(2);
  });

  it('refuses a range that there is none of', async () => {
    const { exitCode, err } = await run('usage', '--range', '2h');
    expect(exitCode).toBe(2);
    expect(err).toContain('24h, 7d, 30d, 1y');
  });
});
