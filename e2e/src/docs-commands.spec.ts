// The commands of the documentation, run as they stand there and in their order, with packages from a
// registry of this machine. What a page shows below a command is compared with what it prints. The
// tests build on each other, as the pages do.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readBlock, readShownCommands, type ShownCommand } from './docs/commands-in.ts';
import { reasonNotToRun } from './docs/not-run.ts';
import { findMissingLine, type Names, withRealNames } from './docs/placeholders.ts';
import { openTerminal, type Terminal } from './docs/terminal.ts';
import { packageFolders, plainNxInstallation } from './installations/installation.ts';
import { createMachine, type Machine } from './machines/create-machine.ts';
import { dataFolder, killAgent } from './processes/agent-processes.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { waitUntil } from './processes/wait-until.ts';
import { contentVersion } from './registry/content-version.ts';
import { startLocalRegistry } from './registry/start-local-registry.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { readLastReport } from './workspace/last-report.ts';
import { supportedNxVersions } from './workspace/nx-version.ts';
import { type ProjectLayout } from './workspace/project-layout.ts';

const NX_VERSION = supportedNxVersions.at(-1) ?? '';

/** Commands that go on running, in a terminal of their own, and what they print when they are ready. */
const STAYING = /^(?:npx @larder\/server|larder-server(?: --.*)?)$/;
const READY = 'Stop with Ctrl-C.';

/** The line that pages tell the reader to paste, as they show it. */
const EXPORT = 'export LARDER_URL=http://127.0.0.1:5277 LARDER_TOKEN=larder_OU1ozE_l…';

const projects: readonly ProjectLayout[] = ['core', 'ui', 'app'].map((name, index, names) => ({
  name,
  dependsOn: names.slice(Math.max(0, index - 1), index),
  outputs: ['{projectRoot}/dist'],
  command: `sleep 0.2 && mkdir -p projects/${name}/dist && echo ${name} > projects/${name}/dist/out.txt`,
}));

let cleanup: CleanupStack;
let machine: Machine;
let env: Readonly<Record<string, string>>;
let workspace: Workspace;
let shownCommands: readonly ShownCommand[];
/** What stands for the names that pages show, since the last server was started. */
const names: Names = new Map();
const followed = new Set<string>();

beforeAll(async () => {
  cleanup = createCleanupStack();
  shownCommands = await readShownCommands();
  machine = await createMachine({ isCi: false });
  cleanup.add(machine.remove);
  const registry = await startLocalRegistry(machine.env);
  cleanup.add(() => registry.stop());
  const folders = Object.values(packageFolders);
  const version = await contentVersion(folders);
  for (const folder of folders) await registry.publish(folder, version);

  // A machine on which npm knows where these packages are, and has a place for global ones.
  const prefix = join(machine.folder, 'npm');
  await mkdir(join(prefix, 'etc'), { recursive: true });
  await writeFile(join(prefix, 'etc', 'npmrc'), `@larder:registry=${registry.url}\n`);
  env = {
    ...machine.env,
    PATH: `${join(prefix, 'bin')}:${machine.env.PATH ?? ''}`,
    npm_config_prefix: prefix,
    // What a person answers when npx asks whether it may install.
    npm_config_yes: 'true',
    // Lines of a plugin are not shown with it.
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    // Any free port, not the one that somebody may use on this machine.
    LARDER_SERVER_PORT: '0',
  };
  workspace = await createWorkspace({
    machine,
    nxVersion: NX_VERSION,
    projects,
    cache: 'local',
    installation: plainNxInstallation(NX_VERSION),
  });
  cleanup.add(() => killAgent(workspace));
});

afterAll(() => cleanup.run());

/** What the page tells the reader to do by hand before a command, which is given what was printed last. */
type ByHand = Readonly<Record<string, (printed: string) => Promise<unknown>>>;

/** Somebody who reads the pages, in a folder of the machine. */
interface Reader {
  readonly terminal: Terminal;
  /** Runs the commands below a heading. */
  readonly follow: (page: string, heading: string, byHand?: ByHand) => Promise<void>;
  /** Starts a server as the README does, and pastes the line that it prints. */
  readonly startServer: () => Promise<void>;
  readonly pasteExport: () => Promise<void>;
  readonly stopServer: () => Promise<void>;
}

/** @param serverFolder where the reader starts servers */
async function openReader(folder: string, serverFolder = folder): Promise<Reader> {
  for (const path of [folder, serverFolder]) await mkdir(path, { recursive: true });
  const terminal = openTerminal({ cwd: folder, env });
  cleanup.add(() => terminal.close());
  let server: Terminal | null = null;
  const stopServer = async () => {
    await server?.close();
    server = null;
  };
  cleanup.add(stopServer);

  const run = async (command: string) => {
    if (!STAYING.test(command)) return terminal.run(command);
    await stopServer();
    server = openTerminal({ cwd: serverFolder, env });
    return server.start(command, READY);
  };

  async function runAll(commands: readonly ShownCommand[], byHand: ByHand = {}): Promise<void> {
    expect(commands).not.toEqual([]);
    let printed = '';
    for (const { page, command, output: shown } of commands) {
      await byHand[command]?.(printed);
      const { exitCode, output } = await run(withRealNames(command, names));
      printed = output;
      const missing = findMissingLine(shown, output, names);
      const whole = { page, command, output };
      expect({ ...whole, exitCode, missing }).toEqual({ ...whole, exitCode: 0, missing: null });
    }
  }

  const pasteExport = async () => {
    await terminal.run(withRealNames(EXPORT, names));
  };

  return {
    terminal,
    stopServer,
    async follow(page, heading, byHand) {
      followed.add(`${page}: ${heading}`);
      await runAll(
        shownCommands.filter((shown) => shown.page === page && shown.heading === heading),
        byHand,
      );
    },
    async startServer() {
      await runAll(
        shownCommands.filter(({ command }) => command === 'npx @larder/server').slice(0, 1),
      );
      await pasteExport();
    },
    pasteExport,
  };
}

const nxJson = async () =>
  JSON.parse(await readFile(join(workspace.folder, 'nx.json'), 'utf8')) as {
    plugins?: unknown;
  };

/** Nobody reads so fast that the uploads behind the command are not through. */
const uploaded = () =>
  waitUntil('the server has all artifacts', async () => {
    const spool = await readdir(join(dataFolder(workspace), 'spool')).catch(() => []);
    return spool.length === 0;
  });

it('README.md, and what to look at when it does not work', async () => {
  const reader = await openReader(workspace.folder, join(machine.folder, 'cache'));
  await reader.follow('README.md', 'Quick start', { 'npx nx reset': uploaded });
  expect(await nxJson()).toMatchObject({ plugins: ['@larder/nx'] });
  await reader.follow('docs/troubleshooting.md', 'Troubleshooting');

  await reader.follow('docs/configuration.md', 'The init generator');
  expect(await nxJson()).toMatchObject({
    plugins: [{ plugin: '@larder/nx', options: { url: 'https://cache.example.com' } }],
  });
  await reader.follow('docs/fast-lane.md', 'Set it up');
  await reader.terminal.run('npx nx reset && npx nx run-many -t build');
  expect((await readLastReport(workspace)).formats).toEqual(['tar.br']);
  await reader.follow('docs/configuration.md', 'The remove generator');
  expect((await nxJson()).plugins).toBeUndefined();
  await reader.stopServer();
});

it('packages/nx/README.md', async () => {
  const reader = await openReader(workspace.folder, join(machine.folder, 'another-cache'));
  await reader.follow('packages/nx/README.md', 'Install');
  const [, settings = ''] =
    /^\| 20\.8 and later +\| `(.*?)` +\|$/m.exec(
      await readFile(join(packageFolders['@larder/nx'], 'README.md'), 'utf8'),
    ) ?? [];
  await writeFile(
    join(workspace.folder, 'nx.json'),
    JSON.stringify({ ...(await nxJson()), ...(JSON.parse(settings) as object) }),
  );
  await reader.startServer();
  await reader.follow('packages/nx/README.md', 'Quick start', {
    'npx nx run-many -t build': async () => {
      await uploaded();
      await reader.terminal.run('npx nx reset');
    },
  });
  await reader.stopServer();
});

it('docs/migrating.md', async () => {
  const reader = await openReader(workspace.folder);
  const json = await nxJson();
  delete json.plugins;
  await writeFile(join(workspace.folder, 'nx.json'), JSON.stringify(json));
  await writeFile(
    join(workspace.folder, '.env'),
    'NX_SELF_HOSTED_REMOTE_CACHE_SERVER=https://former.example.com\n',
  );
  await reader.follow('docs/migrating.md', 'Migrating from another remote cache');
  expect(await nxJson()).toMatchObject({
    plugins: [{ plugin: '@larder/nx', options: { url: 'https://cache.example.com' } }],
  });
});

it('packages/server/README.md, and a program with packages/client/README.md', async () => {
  const folder = join(machine.folder, 'server');
  const reader = await openReader(folder);
  await reader.follow('packages/server/README.md', 'Install');
  await reader.follow('packages/server/README.md', 'Quick start', {
    'curl -H "Authorization: Bearer $LARDER_TOKEN" "$LARDER_URL/v8/artifacts/status"': () =>
      reader.pasteExport(),
    'larder-server --host 0.0.0.0 --tls-certificate-file cache.pem --tls-key-file cache-key.pem':
      () =>
        reader.terminal.run(
          'openssl req -x509 -newkey rsa:2048 -nodes -keyout cache-key.pem -out cache.pem -days 1 -subj /CN=localhost',
        ),
  });

  const program = await openReader(join(machine.folder, 'program'));
  await program.terminal.run('npm init --yes');
  await program.follow('packages/client/README.md', 'Install');
  await program.startServer();
  await program.follow('packages/client/README.md', 'Quick start', {
    'node quick-start.mjs': async () => {
      const text = await readBlock('packages/client/README.md', 'Quick start', 'js');
      await writeFile(join(machine.folder, 'program', 'quick-start.mjs'), text);
    },
  });
  await program.stopServer();
  await reader.stopServer();
});

it('docs/configuration.md, the server', async () => {
  const folder = join(machine.folder, 'tokens');
  const reader = await openReader(folder);
  const digests: string[] = [];
  await reader.follow('docs/configuration.md', 'Tokens', {
    'printf %s "$TOKEN" | sha256sum': (printed) =>
      reader.terminal.run(`export TOKEN=${printed.trim()}`),
    'larder-server --config larder.json': async (printed) => {
      digests.push(printed.slice(0, 64), '0'.repeat(64));
      const file = (await readBlock('docs/configuration.md', 'Tokens', 'json'))
        .replace('/var/lib/larder', join(folder, 'configured'))
        .replaceAll('<64 digits>', () => digests.shift() ?? '');
      await writeFile(join(folder, 'larder.json'), file);
    },
  });
  await reader.stopServer();
  await reader.follow('docs/configuration.md', 'Tokens without a restart');

  await reader.startServer();
  await reader.terminal.run(
    'for n in $(seq 12); do curl -sSf -X PUT -H "Authorization: Bearer ' +
      `${names.get('larder_Pw…') ?? ''}" -H 'Content-Type: application/octet-stream' ` +
      '--data-binary outputs "$LARDER_URL/v8/artifacts/artifact$n" || exit; done',
  );
  await reader.follow('docs/configuration.md', 'Who wrote what');
  await reader.follow('docs/usage.md', 'On the command line');
  await reader.stopServer();
});

it.each(['circleci', 'github-actions', 'gitlab-ci', 'jenkins', 'vercel'])(
  'the tokens of docs/ci/%s.md',
  async (name) => {
    const page = `docs/ci/${name}.md`;
    const reader = await openReader(join(machine.folder, 'ci', name));
    const headings = new Set(
      shownCommands.filter((shown) => shown.page === page).map(({ heading }) => heading),
    );
    for (const heading of headings) await reader.follow(page, heading);
  },
);

it('the hash of an artifact in docs/wire-contract.md', async () => {
  const reader = await openReader(machine.folder);
  await reader.follow('docs/wire-contract.md', 'Hashes of the plugin');
});

describe('the list of commands', () => {
  it('is complete: each is run here, or has a reason why not', () => {
    const missing = shownCommands
      .filter(({ page, heading }) => reasonNotToRun(page, heading) === null)
      .filter(({ page, heading }) => !followed.has(`${page}: ${heading}`));
    expect(missing).toEqual([]);
  });
});
