import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeAgentState } from '../../agent/protocol/agent-state.ts';
import { installCachePackage, type NxWorkspace } from '../../testing/nx-workspace.fixture.ts';
import {
  answer,
  hang,
  proceed,
  type ArtifactsServer,
  type Behaviour,
} from '../../testing/artifacts-server.fixture.ts';
import { createCliBed, type WorkspaceSetting } from '../cli-bed.fixture.ts';
import { checks, type CheckedFinding } from './run-checks.ts';

const bed = createCliBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

const token = `larder_${'t'.repeat(43)}`;

function enter({ variables, ...setting }: WorkspaceSetting = {}): NxWorkspace {
  return bed.enter({
    ...setting,
    variables: { LARDER_URL: server.url, LARDER_TOKEN: token, ...variables },
  });
}

interface Diagnosis {
  readonly exitCode: number;
  readonly findings: readonly CheckedFinding[];
}

async function examine(): Promise<Diagnosis> {
  const { exitCode, output, errors } = await bed.larder('doctor', '--json');
  if (output === '') throw new Error(errors);
  expect(output).not.toContain(token);
  return { exitCode, ...(JSON.parse(output) as { findings: CheckedFinding[] }) };
}

/** What is found besides what is well. */
async function complaints(): Promise<string[]> {
  const { findings } = await examine();
  return findings
    .filter(({ result }) => result === 'problem' || result === 'warning')
    .map(({ id, result, message }) => `${id}: ${result}: ${message}`);
}

/** Serves on a free port until the test ends. */
async function listen(listener: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  bed.onCleanUp(
    () =>
      new Promise<void>((resolve) => {
        listener.close(() => {
          resolve();
        });
        if ('closeAllConnections' in listener) listener.closeAllConnections();
      }),
  );
  return (listener.address() as AddressInfo).port;
}

/** A port at which nothing listens any more. */
async function closedPort(): Promise<number> {
  const listener = createTcpServer();
  const port = await new Promise<number>((resolve) => {
    listener.listen(0, '127.0.0.1', () => {
      resolve((listener.address() as AddressInfo).port);
    });
  });
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

const tlsFolder = join(__dirname, '../../../../client/src/fixtures/tls');
const tlsFiles = {
  cert: readFileSync(join(tlsFolder, 'server.pem')),
  key: readFileSync(join(tlsFolder, 'server-key.pem')),
};

const forbidden = (code: string): Behaviour => answer(403, JSON.stringify({ error: { code } }));

it('finds nothing where all is well, and leaves one tiny artifact behind', async () => {
  enter();
  const { exitCode, findings } = await examine();
  expect(exitCode).toBe(0);
  expect(findings.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
  expect(findings.filter(({ result }) => result === 'problem' || result === 'warning')).toEqual([]);
  const [hash] = [...server.artifacts.keys()];
  expect(hash).toMatch(/^larder-doctor-/);
  expect(server.artifacts.size).toBe(1);
  expect(server.artifacts.get(hash!)?.body.length).toBeLessThan(100);
  const { output } = await bed.larder('doctor');
  expect(output).toMatch(/^ok +Nx +Nx 24\.0\.6 is supported\.\n/);
  expect(output).toMatch(/\nAll is well\.\n$/);
});

it('stores nothing where the mode does not write', async () => {
  enter({ variables: { LARDER_MODE: 'read' } });
  const { exitCode, findings } = await examine();
  expect(exitCode).toBe(0);
  expect(findings.find(({ id }) => id === 'round-trip')?.result).toBe('skipped');
  expect(server.seen('put')).toEqual([]);
});

it('ends with 1 and says what to do when it finds a problem', async () => {
  enter({ nxJson: {} });
  const { exitCode, output } = await bed.larder('doctor');
  expect(exitCode).toBe(1);
  expect(output).toContain(
    'problem  nx.json        nx.json does not name @larder/nx under "plugins".\n' +
      '                        → Run "npx nx g @larder/nx:init".\n',
  );
  expect(output).toMatch(/\n1 problem, 0 warnings\n$/);
});

describe('of Nx and nx.json', () => {
  const both = {
    plugins: ['@larder/nx'],
    tasksRunnerOptions: { default: { runner: '@larder/nx' } },
  };
  it.each<[string, WorkspaceSetting, RegExp]>([
    ['an Nx that is too old', { nxVersion: '15.9.7' }, /^nx-version: problem: Nx 15\.9\.7/],
    ['an Nx that is too new', { nxVersion: '25.0.0' }, /^nx-version: warning: Nx 25\.0\.0/],
    ['no plugin', { nxJson: {} }, /^plugin: problem: nx\.json does not name .*"plugins"\.$/],
    [
      'a plugin where its Nx takes runners',
      { nxVersion: '19.8.14' },
      /^plugin: problem: .*"tasksRunnerOptions", but elsewhere/,
    ],
    [
      'both doors',
      { nxVersion: '20.8.4', nxJson: both },
      /^plugin: warning: .*plugin and as tasks/,
    ],
    [
      'a flag in the way',
      { nxVersion: '20.8.4', nxJson: { plugins: ['@larder/nx'], useLegacyCache: true } },
      /^plugin: problem: "useLegacyCache"/,
    ],
    [
      'Nx Cloud by its id',
      { nxJson: { plugins: ['@larder/nx'], nxCloudId: 'id' } },
      /^rival-cache: problem: .*Nx Cloud \("nxCloudId" in nx\.json\)/,
    ],
    [
      'Nx Cloud by its token',
      { nxJson: { plugins: ['@larder/nx'], nxCloudAccessToken: 'x' } },
      /^rival-cache: problem: .*Nx Cloud \("nxCloudAccessToken"/,
    ],
  ])('finds %s', async (_what, setting, complaint) => {
    enter(setting);
    expect((await complaints()).filter((each) => complaint.test(each))).toHaveLength(1);
  });

  it('finds a package with another cache', async () => {
    installCachePackage(enter(), '@nx/s3-cache');
    const [complaint, ...others] = await complaints();
    expect(complaint).toMatch(/^rival-cache: problem: .*@nx\/s3-cache/);
    expect(others).toEqual([]);
  });
});

describe('of options', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a value that makes no sense',
      { LARDER_MODE: 'maybe' },
      /^options: problem: LARDER_MODE must/,
    ],
    ['no token', { LARDER_TOKEN: '' }, /^options: problem: There is no token/],
    ['a mode that is off', { LARDER_MODE: 'off' }, /^options: warning: The mode is "off"/],
  ])('finds %s', async (_what, variables, complaint) => {
    enter({ variables });
    expect(await complaints()).toEqual([expect.stringMatching(complaint)]);
  });
});

describe('of this machine', () => {
  it('finds a data folder that cannot be written', async () => {
    const file = join(bed.makeFolder(), 'file');
    writeFileSync(file, '');
    enter({ variables: { LARDER_DATA_DIRECTORY: file } });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^data-folder: problem: .* cannot be written \(EEXIST\)/),
    ]);
  });

  const mountsWork = process.platform === 'linux' && process.getuid?.() === 0;
  (mountsWork ? it : it.skip)('finds a disk that is full', async () => {
    const disk = join(bed.makeFolder(), 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', disk]);
    expect(mounted.status).toBe(0);
    bed.onCleanUp(() => spawnSync('umount', [disk]));
    enter({ variables: { LARDER_DATA_DIRECTORY: disk } });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^data-folder: problem: The disk of .* is full/),
    ]);
  });

  it('finds an agent of another version', async () => {
    const run = await bed.openRun(server);
    const state = bed.agentState();
    enter({ variables: { LARDER_DATA_DIRECTORY: bed.makeFolder() } });
    const other = process.env.LARDER_DATA_DIRECTORY ?? '';
    writeAgentState(other, { ...state, version: '0.0.1' });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^agent: warning: .* is of version 0\.0\.1/),
    ]);
    await run.close();
  });
});

describe('of the way to the server', () => {
  async function complaintsAbout(url: string): Promise<string[]> {
    enter({ variables: { LARDER_URL: url } });
    return complaints();
  }

  it('finds that nothing listens', async () => {
    expect(await complaintsAbout(`http://127.0.0.1:${await closedPort()}`)).toEqual([
      expect.stringMatching(/^server: problem: Nothing listens at 127\.0\.0\.1:\d+/),
    ]);
  });

  it('finds that no server has the name', async () => {
    expect(await complaintsAbout('http://no-such-host.invalid')).toEqual([
      expect.stringMatching(/^server: problem: No server has the name no-such-host\.invalid/),
    ]);
  });

  it('finds a server that is no cache, which has a page for everything', async () => {
    const page = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>');
    });
    expect(await complaintsAbout(`http://127.0.0.1:${await listen(page)}`)).toEqual([
      expect.stringMatching(/^server: problem: What answers at .* is no cache/),
    ]);
  });

  it('finds a server that is no cache, which has nothing', async () => {
    const nothing = createHttpServer((request, response) => {
      request.resume();
      response.writeHead(404).end();
    });
    expect(await complaintsAbout(`http://127.0.0.1:${await listen(nothing)}`)).toEqual([
      expect.stringMatching(/^server: warning: .*does not know/),
      expect.stringMatching(/^round-trip: problem: The server does not take an artifact/),
    ]);
  });

  it('finds http that is spoken to an https port', async () => {
    const port = await listen(createTlsServer(tlsFiles, (_request, response) => response.end()));
    expect(await complaintsAbout(`http://127.0.0.1:${port}`)).toEqual([
      expect.stringMatching(/^server: problem: .* by http, but the port speaks https/),
    ]);
  });

  it('finds https that is spoken to an http port', async () => {
    expect(await complaintsAbout(server.url.replace('http:', 'https:'))).toEqual([
      expect.stringMatching(/^server: problem: .* by https, but the port speaks http/),
    ]);
  });

  it('finds a certificate that is not trusted', async () => {
    const port = await listen(createTlsServer(tlsFiles, (_request, response) => response.end()));
    enter({ variables: { LARDER_URL: `https://localhost:${port}` } });
    const { findings } = await examine();
    expect(findings.find(({ id }) => id === 'server')).toMatchObject({
      result: 'problem',
      message: expect.stringMatching(/certificate of .* is not trusted/) as string,
      remedy: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
    });
  });

  it('finds a proxy in the way', async () => {
    const proxy = createHttpServer((_request, response) => response.writeHead(403).end());
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 No\r\n\r\n'));
    const url = `http://127.0.0.1:${await listen(proxy)}`;
    enter({ variables: { HTTP_PROXY: url } });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^server: problem: .* not through the proxy that HTTP_PROXY names/),
    ]);
  });

  it.each<[string, Behaviour, RegExp]>([
    ['that is down', answer(503), /^server: problem: .* has trouble of its own/],
    ['that hangs', hang, /^server: problem: .* does not answer in time/],
  ])('finds a server %s', async (_what, behaviour, complaint) => {
    enter();
    server.behaviour.status = behaviour;
    expect(await complaints()).toEqual([expect.stringMatching(complaint)]);
  });

  it('finds a server that is slower than lookups wait', async () => {
    enter({
      nxJson: { plugins: [{ plugin: '@larder/nx', options: { lookupTimeoutMs: 1 } }] },
    });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^server: problem: .* lookups wait for 1 ms only/),
    ]);
  });

  it('finds a clock that is wrong by an hour', async () => {
    enter();
    server.behaviour.status = (exchange) => {
      exchange.response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
      return exchange.proceed();
    };
    expect(await complaints()).toEqual([
      expect.stringMatching(
        /^clock: warning: .* (59 min \d+ s|1 h 0 min) behind that of the server/,
      ),
    ]);
  });
});

describe('of tokens', () => {
  /** The fixture's server, with what a server of Larder tells about a token. */
  function tellAccess(told: object): void {
    server.behaviour.get = (exchange) => {
      if (exchange.request.url !== '/larder/v1/whoami') return exchange.proceed();
      exchange.response.end(
        JSON.stringify({
          tokenId: 't',
          label: 'l',
          scope: 'trusted',
          teams: null,
          expiresAtMs: null,
          ...told,
        }),
      );
      return undefined;
    };
  }

  it.each<[string, string, RegExp]>([
    ['one that is unknown or has expired', token, /unknown there, has expired or was revoked/],
    ['one that was cut off', token.slice(0, -5), /has 45 characters where 50 are usual/],
  ])('finds %s', async (_what, given, complaint) => {
    enter({ variables: { LARDER_TOKEN: given } });
    server.behaviour.status = answer(401);
    expect(await complaints()).toEqual([expect.stringMatching(complaint)]);
  });

  // Some servers look at the team only when they are asked for an artifact.
  it.each(['status', 'get'] as const)('finds one without access to the team: %s', async (kind) => {
    enter({ variables: { LARDER_TEAM_ID: 'team_other' } });
    server.behaviour[kind] = forbidden('forbidden');
    expect(await complaints()).toEqual([
      expect.stringMatching(/^token: problem: The token has no access to the team team_other/),
    ]);
  });

  it('finds one that only reads where the mode writes, also when the server does not tell', async () => {
    enter();
    server.behaviour.put = forbidden('forbidden');
    expect(await complaints()).toEqual([
      expect.stringMatching(/^round-trip: problem: The token may only read, but the mode is/),
    ]);
    tellAccess({ access: 'read' });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^access: problem: The token may only read/),
      expect.stringMatching(/^round-trip: problem/),
    ]);
  });

  it('finds one for other teams, and one that expires soon', async () => {
    enter({ variables: { LARDER_TEAM_SLUG: 'shop' } });
    tellAccess({ access: 'read-write', teams: ['blog'], expiresAtMs: Date.now() + 3_600_000 });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^token: warning: The token expires at/),
      expect.stringMatching(/^access: problem: The token is for the teams blog, not for shop/),
    ]);
  });
});

describe('of artifacts', () => {
  const changing =
    (change: (body: Buffer) => Buffer): Behaviour =>
    (exchange) => {
      const { kind, hash, response } = exchange;
      const found = kind === 'get' ? server.artifacts.get(hash) : undefined;
      if (!found) return exchange.proceed();
      const body = change(Buffer.from(found.body));
      response.writeHead(200, { ...found.headers, 'content-length': body.length }).end(body);
      return undefined;
    };

  it('finds that they come back damaged', async () => {
    enter();
    server.behaviour.get = changing((body) => body.fill('x', 0, 1));
    expect(await complaints()).toEqual([
      expect.stringMatching(/^round-trip: problem: An artifact came back damaged/),
    ]);
  });

  it('finds that they are not kept', async () => {
    enter();
    server.behaviour.put = answer(202);
    expect(await complaints()).toEqual([
      expect.stringMatching(/^round-trip: problem: An artifact was accepted, but is not there/),
    ]);
  });

  it('finds that another key has signed what others store', async () => {
    enter({ variables: { LARDER_SIGNATURE_KEY: 'a'.repeat(40) } });
    expect(await complaints()).toEqual([]);
    server.behaviour.put = proceed;
    enter({ variables: { LARDER_SIGNATURE_KEY: 'b'.repeat(40) } });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^signature-key: problem: .* wrong signature: another/),
    ]);
  });
});
