// The action of this repository, run as GitHub's runner runs it, and real tools with what it exports.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { readEnvironment } from './environment.ts';
import { listenOnLoopback } from './faults/listen-on-loopback.ts';
import { createMachine, type Machine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { runCommand } from './processes/run-command.ts';
import { repositoryRoot } from './repository.ts';
import {
  type CiJob,
  type CiService,
  mainJob,
  oidcFor,
  pullRequestJob,
  startCiService,
} from './server/start-ci-service.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { createTurboWorkspace, type TurboWorkspace } from './turbo/create-turbo-workspace.ts';
import { runTurbo } from './turbo/run-turbo.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { doorOf } from './workspace/nx-version.ts';
import { removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { runBuild } from './workspace/run-build.ts';
import { twelveTasks } from './workspace/twelve-tasks.ts';

const manualJob: CiJob = { ...mainJob, event_name: 'workflow_dispatch' };

const action = join(repositoryRoot, 'actions', 'setup', 'main.mjs');

interface Setup {
  readonly exitCode: number | null;
  readonly log: string;
  /** What the steps that follow have in their environment. */
  readonly exported: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

let cleanup: CleanupStack;
let machine: Machine;
let service: CiService;
let server: LarderServer;

beforeAll(async () => {
  cleanup = createCleanupStack();
  service = await startCiService();
  cleanup.add(service.close);
  machine = await createMachine();
  cleanup.add(machine.remove);
  server = await startServer('127.0.0.1');
});

afterAll(() => cleanup.run());

async function startServer(audience: string): Promise<LarderServer> {
  const own = await createMachine();
  cleanup.add(own.remove);
  const started = await startLarderServer(own, {
    oidc: oidcFor(service, audience),
  });
  cleanup.add(started.stop);
  return started;
}

/** @param job null: one that may not ask for its identity */
async function setUp(job: CiJob | null, inputs: Record<string, string>): Promise<Setup> {
  const folder = await mkdtemp(join(machine.folder, 'runner-'));
  const files = { GITHUB_ENV: join(folder, 'env'), GITHUB_OUTPUT: join(folder, 'output') };
  for (const file of Object.values(files)) await writeFile(file, '');
  const { exitCode, stdout, stderr } = await runCommand('node', [action], {
    cwd: folder,
    env: {
      ...machine.env,
      ...files,
      ...(job === null ? {} : service.variables(job)),
      ...Object.fromEntries(
        Object.entries({ url: server.url, ...inputs }).map(([name, value]) => [
          `INPUT_${name.toUpperCase()}`,
          value,
        ]),
      ),
    },
  });
  expect(stderr).toBe('');
  return {
    exitCode,
    log: stdout,
    exported: await readRunnerFile(files.GITHUB_ENV),
    outputs: await readRunnerFile(files.GITHUB_OUTPUT),
  };
}

/** As GitHub documents it: a name with a delimiter of its own, the value, the delimiter. */
async function readRunnerFile(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8');
  const entries = text.matchAll(/^([A-Z_a-z]+)<<(\S+)\n([^]*?)\n\2\n/gm);
  return Object.fromEntries([...entries].map(([, name = '', , value = '']) => [name, value]));
}

describe('what it exports', () => {
  it('is for each tool what it reads, with a token that the log does not show', async () => {
    const { exitCode, log, exported, outputs } = await setUp(mainJob, {
      tools: 'turbo, nx,larder',
      team: 'acme',
    });

    expect(exitCode).toBe(0);
    const token = exported.LARDER_TOKEN ?? '';
    expect(token).not.toBe('');
    expect(exported).toEqual({
      TURBO_API: server.url,
      TURBO_TOKEN: token,
      TURBO_TEAM: 'acme',
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: server.url,
      NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
      LARDER_URL: server.url,
      LARDER_TOKEN: token,
      LARDER_TEAM_SLUG: 'acme',
    });
    expect(outputs).toEqual({ access: 'read-write', scope: 'trusted' });
    const [first, ...others] = log.split('\n');
    expect(first).toBe(`::add-mask::${token}`);
    expect(others.join('\n')).not.toContain(token);
    const status = await fetch(`${server.url}/v8/artifacts/status`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(status.status).toBe(200);
  });

  it.each([
    { what: 'a pull request', job: pullRequestJob, scope: 'isolated:pr/42/refs/pull/7/merge' },
    { what: 'a job by hand', job: manualJob, access: 'read', scope: 'trusted' },
  ])('for $what is of its own trust', async ({ job, access = 'read-write', scope }) => {
    const { outputs } = await setUp(job, { tools: 'nx' });

    expect(outputs).toEqual({ access, scope });
  });
});

describe('without a cache', () => {
  const nothing = { exported: {}, outputs: {} };

  it.each([
    ['the job has no identity', null, {}, 'This job has no identity'],
    ['nobody answers', mainJob, { url: 'http://127.0.0.1:1' }, 'audience failed'],
    ['the identity is for others', mainJob, { audience: 'https://x' }, 'refuses the identity'],
  ])('warns and lets the job go on when %s', async (_when, job, inputs, words) => {
    const result = await setUp(job, { tools: 'turbo', ...inputs });

    expect(result).toMatchObject({ exitCode: 0, ...nothing });
    expect(result.log).toMatch(/^::warning title=Larder::No remote cache\. .*\n$/);
    expect(result.log).toContain(words);
  });

  it('shows the identity to nobody that the server sends it on to', async () => {
    const requests: (string | undefined)[] = [];
    const stranger = await listenOnLoopback(
      createServer((request, response) => {
        requests.push(request.url);
        response.end('{}');
      }),
    );
    cleanup.add(stranger.close);
    const redirecting = await listenOnLoopback(
      createServer(({ url }, response) => {
        response.writeHead(307, { location: `${stranger.url}${url ?? ''}` }).end();
      }),
    );
    cleanup.add(redirecting.close);
    const inputs = { tools: 'turbo', url: redirecting.url, audience: '127.0.0.1' };
    const result = await setUp(mainJob, inputs);

    expect(result).toMatchObject({ exitCode: 0, ...nothing });
    expect(result.log).toContain('Exchanging the identity of the job failed');
    expect(requests).toEqual([]);
  });

  it('asks for no identity that is made out to somebody else', async () => {
    const foreign = await startServer('https://cloud.example.com');
    const result = await setUp(mainJob, { tools: 'turbo', url: foreign.url });

    expect(result).toMatchObject({ exitCode: 0, ...nothing });
    expect(result.log).toContain('made out to somebody else (https://cloud.example.com)');
    const wanted = { tools: 'turbo', url: foreign.url, audience: 'https://cloud.example.com' };
    expect((await setUp(mainJob, wanted)).outputs).toMatchObject({ scope: 'trusted' });
  });

  it.each([
    [{ url: '' }, '"url" must be an address'],
    [{ url: 'http://cache.example.com' }, '"url" must start with https://'],
    [{ url: 'https://me:secret@cache.example.com' }, '"url" must have neither credentials'],
    [{ tools: 'turbo,yarn' }, '"tools" must list turbo, nx, larder, not "yarn"'],
    [{ tools: '' }, '"tools" must list turbo, nx, larder, not ""'],
    [{ team: 'a\nB=c' }, '"team" must be an id or a slug'],
  ])('fails the job for the inputs %j', async (inputs, words) => {
    const result = await setUp(mainJob, { tools: 'turbo', ...inputs });

    expect(result).toMatchObject({ exitCode: 1, ...nothing });
    expect(result.log).toMatch(/^::error title=Larder::/);
    expect(result.log).toContain(words);
    expect(result.log).not.toContain('secret');
  });
});

describe('turbo with what it exports', () => {
  let workspace: TurboWorkspace;

  beforeAll(async () => {
    workspace = await createTurboWorkspace({ machine, isSigned: false });
  });

  async function build(job: CiJob) {
    const { exported } = await setUp(job, { tools: 'turbo', team: 'acme' });
    await runCommand('rm', ['-rf', '.turbo'], { cwd: workspace.folder, env: machine.env });
    const { exitCode, sources } = await runTurbo(workspace, exported);
    expect(exitCode).toBe(0);
    return [...new Set(Object.values(sources))];
  }

  it('keeps what a pull request stores to the pull request, and shares what main stores', async () => {
    expect(await build(pullRequestJob)).toEqual(['MISS']);
    expect(await build(pullRequestJob)).toEqual(['REMOTE']);
    expect(await build(mainJob)).toEqual(['MISS']);
    expect(await build(mainJob)).toEqual(['REMOTE']);
    expect(await build(manualJob)).toEqual(['REMOTE']);
  });
});

const nxVersions = readEnvironment().nxVersionOfEachDoor.filter(
  (version) => doorOf(version) === 'hooks',
);

// Jest takes no empty table: older versions have no client of their own.
(nxVersions.length > 0 ? describe.each(nxVersions) : describe.skip.each(['of this version']))(
  'Nx %s without the plugin, with what it exports',
  (nxVersion) => {
    let workspace: Workspace;

    beforeAll(async () => {
      const projects = twelveTasks.slice(0, 2);
      const own = await createMachine();
      cleanup.add(own.remove);
      workspace = await createWorkspace({ machine: own, nxVersion, projects, cache: 'local' });
    });

    async function build(job: CiJob) {
      const { exported } = await setUp(job, { tools: 'nx' });
      await removeOutputs(workspace);
      await removeLocalCache(workspace);
      const { exitCode, executed } = await runBuild(workspace, { env: exported });
      expect(exitCode).toBe(0);
      return executed.length;
    }

    it('keeps what a pull request stores to the pull request, and shares what main stores', async () => {
      expect(await build(pullRequestJob)).toBe(2);
      expect(await build(pullRequestJob)).toBe(0);
      expect(await build(mainJob)).toBe(2);
      expect(await build(mainJob)).toBe(0);
      expect(await build(manualJob)).toBe(0);
    });
  },
);
