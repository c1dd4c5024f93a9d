import { installCachePackage } from '../../testing/nx-workspace.fixture.ts';
import { answer, hang, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { createCliBed } from '../cli-bed.fixture.ts';
import { startTellingServer } from '../telling-server.fixture.ts';
import type { Status } from './gather-status.ts';

const bed = createCliBed();
afterEach(() => bed.cleanUp());

const token = 'token-of-the-team';

function enterWith(server: Pick<ArtifactsServer, 'url'>, variables: Record<string, string> = {}) {
  return bed.enter({ variables: { LARDER_URL: server.url, LARDER_TOKEN: token, ...variables } });
}

const statusOf = () => bed.larderJson<Status>('status');

/** A server that tells who somebody is. */
function startTelling(whoAmI: unknown) {
  return startTellingServer(bed, { token, endpoint: 'whoami', body: JSON.stringify(whoAmI) });
}

describe('options', () => {
  it('are told with their values and where they come from, and secrets are not', async () => {
    const server = await bed.startServer();
    bed.enter({
      nxJson: {
        plugins: [{ plugin: '@larder/nx', options: { namespace: 'shop', idleMs: 7 } }],
        tasksRunnerOptions: { default: { options: { slug: 'acme' } } },
      },
      variables: {
        LARDER_URL: server.url,
        LARDER_TOKEN: token,
        LARDER_SIGNATURE_KEY: 'k'.repeat(40),
      },
    });
    const { options } = await statusOf();
    const fact = (name: string) => {
      const { value, source } = options.find((option) => option.name === name)!;
      return [value, source];
    };
    expect(fact('url')).toEqual([server.url, 'LARDER_URL']);
    expect(fact('namespace')).toEqual(['shop', 'nx.json plugin options']);
    expect(fact('slug')).toEqual(['acme', 'nx.json tasksRunnerOptions']);
    expect(fact('idleMs')).toEqual([7, 'nx.json plugin options']);
    expect(fact('lookupTimeoutMs')).toEqual([1500, 'default']);
    expect(fact('token')).toEqual(['•••• (17 characters)', 'LARDER_TOKEN']);
    const { output } = await bed.larder('status');
    expect(output).toMatch(/namespace +shop +nx\.json plugin options/);
    for (const secret of [token, 'k'.repeat(40)]) expect(output).not.toContain(secret);
  });

  it('of a runner are not mixed with those of a plugin that its Nx does not call', async () => {
    bed.enter({
      nxVersion: '19.8.14',
      nxJson: {
        plugins: [{ plugin: '@larder/nx', options: { namespace: 'plugin' } }],
        tasksRunnerOptions: { default: { runner: '@larder/nx', options: {} } },
      },
    });
    const { door, options } = await statusOf();
    expect(door).toBe('runner');
    expect(options.find(({ name }) => name === 'namespace')?.value).toBe('');
  });
});

describe('the door', () => {
  const runner = { tasksRunnerOptions: { default: { runner: '@larder/nx' } } };
  const plugin = { plugins: ['@larder/nx'] };
  it.each([
    ['16.10.0', runner, 'runner'],
    ['19.8.14', plugin, null],
    ['20.8.4', { ...runner, ...plugin }, 'hooks'],
    ['20.8.4', runner, 'runner'],
    ['24.0.6', plugin, 'hooks'],
    ['24.0.6', runner, null],
    ['24.0.6', {}, null],
  ])('of Nx %s with %j is %s', async (nxVersion, nxJson, door) => {
    bed.enter({ nxVersion, nxJson, variables: { LARDER_MODE: 'off' } });
    expect(await statusOf()).toMatchObject({ door, nxVersion });
  });
});

describe('the server', () => {
  it('is asked, and not written to', async () => {
    const server = await bed.startServer();
    enterWith(server);
    expect(await statusOf()).toMatchObject({
      server: { isReachable: true, status: 'enabled', mayRead: true, mayWrite: null, token: null },
    });
    expect(server.seen('put')).toEqual([]);
    expect(await bed.larder('status')).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/may read: yes, may write: not known/) as string,
    });
  });

  it('that tells who we are is believed', async () => {
    const server = await startTelling({
      tokenId: 't1',
      label: 'pull requests',
      access: 'read',
      scope: 'isolated:pr',
      teams: ['shop'],
      expiresAtMs: Date.UTC(2030, 0, 2),
      version: '0.1.0',
      serverTimeMs: Date.now(),
    });
    enterWith(server);
    expect(await statusOf()).toMatchObject({
      server: {
        mayRead: true,
        mayWrite: false,
        token: { label: 'pull requests', scope: 'isolated:pr', teams: ['shop'] },
      },
    });
    const { output } = await bed.larder('status');
    expect(output).toMatch(
      /token "pull requests", scope isolated:pr, teams shop, expires 2030-01-0/,
    );
  });

  it.each([[null], [{}], ['text'], [{ access: 'everything' }]])(
    'that answers %j has told nothing',
    async (nonsense) => {
      enterWith(await startTelling(nonsense));
      expect(await statusOf()).toMatchObject({
        server: { mayRead: true, mayWrite: null, token: null },
      });
    },
  );

  it('that does not know its status is asked for an artifact', async () => {
    const server = await bed.startServer();
    server.behaviour.status = answer(404);
    enterWith(server);
    expect(await statusOf()).toMatchObject({
      server: { isReachable: true, status: null, mayRead: true, trouble: null },
    });
  });

  it.each([
    ['refuses the token', answer(401), true, false, 'LARDER_ACCESS_UNAUTHORIZED'],
    ['has trouble of its own', answer(500), true, null, 'LARDER_HTTP_SERVER_ERROR'],
    ['says nothing', hang, false, null, 'LARDER_TIMEOUT_FIRST_BYTE'],
  ])('that %s is told with what to do', async (_what, behaviour, isReachable, mayRead, code) => {
    const server = await bed.startServer();
    server.behaviour.status = behaviour;
    enterWith(server);
    expect(await statusOf()).toMatchObject({ server: { isReachable, mayRead, trouble: { code } } });
    expect((await bed.larder('status')).exitCode).toBe(1);
  });

  it('is not asked without a token', async () => {
    const server = await bed.startServer();
    bed.enter({ variables: { LARDER_URL: server.url } });
    const { exitCode, output } = await bed.larder('status');
    expect(exitCode).toBe(1);
    expect(output).toContain('not asked: there is no token');
    expect(output).toContain('Set LARDER_TOKEN');
    expect(server.requests).toEqual([]);
  });
});

describe('the agent', () => {
  it('is told when it runs, with what waits', async () => {
    const server = await bed.startServer();
    server.behaviour.put = hang;
    enterWith(server);
    expect(await statusOf()).toMatchObject({ agent: { state: 'none', spool: { entries: 0 } } });
    const run = await bed.openRun(server);
    await run.put('1', 'hello');
    const { pid, port, version } = bed.agentState();
    expect(await statusOf()).toMatchObject({
      agent: { state: 'running', pid, port, version, openRuns: 1, spool: { entries: 1, bytes: 5 } },
    });
  });
});

it('tells what keeps the cache from being used', async () => {
  const server = await bed.startServer();
  const workspace = enterWith(server);
  installCachePackage(workspace, '@nx/s3-cache');
  const { exitCode, output } = await bed.larder('status');
  expect(exitCode).toBe(1);
  expect(output).toContain('Nx prefers the cache of @nx/s3-cache');
});
