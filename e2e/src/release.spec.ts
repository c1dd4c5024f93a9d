// Two releases of this repository as a maintainer makes them, into a registry of this machine, and
// what users get from it.
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { readEnvironment } from './environment.ts';
import { createMachine, type Machine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { runCommandOrThrow } from './processes/run-command.ts';
import { type LocalRegistry, startLocalRegistry } from './registry/start-local-registry.ts';
import { copyRepository } from './release/copy-repository.ts';
import { createWorkspace } from './workspace/create-workspace.ts';
import { runNx } from './workspace/run-nx.ts';

const FIRST = '0.1.0';
/** What `nx release` makes of a breaking change before 1.0.0. */
const SECOND = '0.2.0';
const ADDRESS = 'https://git.example.com/acme/larder';
const PACKAGES = ['client', 'fast-lane', 'nx', 'server'] as const;

interface Manifest {
  readonly version: string;
  readonly repository?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

let cleanup: CleanupStack;
let machine: Machine;
let registry: LocalRegistry;
let repository: string;

beforeAll(async () => {
  cleanup = createCleanupStack();
  machine = await createMachine();
  cleanup.add(machine.remove);
  registry = await startLocalRegistry(machine.env);
  cleanup.add(() => registry.stop());

  repository = join(machine.folder, 'repository');
  await mkdir(repository);
  await copyRepository(repository, machine.env);
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'user.name', 'Larder');
  await git('config', 'user.email', 'larder@localhost');
  await commit('feat: everything');
  // Not a part of the releases: where this machine's npm publishes to, and as whom.
  await git('update-index', '--skip-worktree', '.npmrc');
  const { host } = new URL(registry.url);
  await appendFile(
    join(repository, '.npmrc'),
    `@larder:registry=${registry.url}\n//${host}/:_authToken=anonymous\n`,
  );

  await release(FIRST, {
    versionArgs: [FIRST, '--first-release'],
    publishArgs: ['--first-release'],
  });
  await appendFile(join(repository, 'packages/nx/README.md'), '\nOne more line.\n');
  await commit('feat(nx)!: tell more');
  await appendFile(join(repository, 'bench/package.json'), '\n');
  await commit('fix(bench): measure less');
  await release(SECOND);
});

afterAll(() => cleanup.run());

function git(...args: readonly string[]) {
  return runCommandOrThrow('git', args, { cwd: repository, env: machine.env });
}

async function commit(message: string): Promise<void> {
  await git('add', '--all');
  await git('commit', '--quiet', '--no-gpg-sign', `--message=${message}`);
}

/** As docs/releasing.md and the release workflow have it, but for the registry. */
async function release(
  version: string,
  {
    versionArgs = [],
    publishArgs = [],
  }: { readonly versionArgs?: readonly string[]; readonly publishArgs?: readonly string[] } = {},
): Promise<void> {
  const nx = join(repository, 'node_modules', '.bin', 'nx');
  const options = {
    cwd: repository,
    env: { ...machine.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' },
  };
  await runCommandOrThrow(nx, ['release', ...versionArgs, '--skip-publish'], options);
  expect((await git('status', '--porcelain')).stdout).toBe('');
  await preparePublish('--tag', `v${version}`, '--repository', ADDRESS);
  await runCommandOrThrow(nx, ['release', 'publish', ...publishArgs], options);
  await git('checkout', '--quiet', 'packages');
}

function preparePublish(...args: readonly string[]) {
  const script = join('tools', 'prepare-publish.mjs');
  return runCommandOrThrow('node', [script, ...args], { cwd: repository, env: machine.env });
}

async function readManifest(...path: readonly string[]): Promise<Manifest> {
  return JSON.parse(await readFile(join(...path, 'package.json'), 'utf8')) as Manifest;
}

/** What the registry has. */
async function published(name: string, version: string): Promise<Manifest> {
  const response = await fetch(`${registry.url}@larder%2f${name}`);
  const { versions } = (await response.json()) as { versions: Record<string, Manifest> };
  const manifest = versions[version];
  if (manifest === undefined) throw new Error(`${name}@${version} is not published.`);
  return manifest;
}

describe('the release workflow', () => {
  it('publishes for a tag, by the identity of its job, as is tested here', async () => {
    const text = await readFile(join(repository, '.github/workflows/release.yml'), 'utf8');
    const workflow = parse(text) as {
      on: unknown;
      jobs: { publish: { permissions: unknown; steps: { run?: string; env?: unknown }[] } };
    };
    expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
    const { permissions, steps } = workflow.jobs.publish;
    expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual([
      'npm ci',
      'npm run check:packages',
      'node tools/prepare-publish.mjs --tag "$GITHUB_REF_NAME" --repository "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"',
      'npx nx release publish',
    ]);
    expect(steps.at(-1)?.env).toEqual({ NPM_CONFIG_PROVENANCE: 'true' });
  });
});

describe('nx release', () => {
  it.each(PACKAGES)('publishes %s in both versions, without an install script', async (name) => {
    for (const version of [FIRST, SECOND]) {
      const { scripts = {}, repository: origin } = await published(name, version);
      expect(origin).toEqual({
        type: 'git',
        url: `git+${ADDRESS}.git`,
        directory: `packages/${name}`,
      });
      const install = ['preinstall', 'install', 'postinstall', 'prepare'];
      expect(Object.keys(scripts).filter((script) => install.includes(script))).toEqual([]);
    }
  });

  it('lets each version need the others of the same version', async () => {
    for (const version of [FIRST, SECOND]) {
      const plugin = await published('nx', version);
      expect(plugin.dependencies).toMatchObject({ '@larder/client': version });
      const fastLane = await published('fast-lane', version);
      expect(fastLane.peerDependencies).toEqual({ '@larder/nx': `^${version}` });
    }
  });

  it('tags each version, and commits manifests, lock file and changelog', async () => {
    expect((await git('tag')).stdout).toBe(`v${FIRST}\nv${SECOND}\n`);
    expect((await git('log', '-1', '--format=%s')).stdout).toBe(`chore: release ${SECOND}\n`);

    const lockFile = await readFile(join(repository, 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(lockFile) as {
      packages: Record<string, Manifest & { resolved?: string; link?: boolean }>;
    };
    expect(packages['packages/nx']).toMatchObject({
      version: SECOND,
      dependencies: { '@larder/client': SECOND },
    });
    const hosts = Object.values(packages).filter(({ resolved, link }) => resolved && !link);
    expect(hosts).toEqual([]);
  });

  it('refuses a tag that is not the version, and an address that is none', async () => {
    await expect(preparePublish('--tag', 'v9.9.9', '--repository', ADDRESS)).rejects.toThrow(
      `The tag is v9.9.9, but @larder/client is ${SECOND}`,
    );
    await expect(preparePublish('--tag', 'main', '--repository', ADDRESS)).rejects.toThrow(
      '--tag must be a version such as v1.2.3, not "main".',
    );
    await expect(preparePublish('--tag', `v${SECOND}`, '--repository', 'acme')).rejects.toThrow(
      '--repository must be https://<host>/<owner>/<name>, not "acme".',
    );
  });

  it('tells users what has changed for them', async () => {
    const changelog = await readFile(join(repository, 'CHANGELOG.md'), 'utf8');
    expect(changelog).toMatch(
      new RegExp(`^## ${SECOND} .*tell more.*^## ${FIRST} .*everything`, 'ms'),
    );
    expect(changelog).not.toContain('measure less');
  });
});

describe.each(readEnvironment().nxVersions.slice(-1))(
  'nx migrate @larder/nx on Nx %s',
  (nxVersion) => {
    it('updates package.json and runs the migration', async () => {
      const user = await createMachine();
      cleanup.add(user.remove);
      const workspace = await createWorkspace({
        machine: user,
        nxVersion,
        projects: [],
        cache: 'larder',
      });
      await writeFile(join(workspace.folder, '.npmrc'), `@larder:registry=${registry.url}\n`);
      const npm = (...args: readonly string[]) =>
        runCommandOrThrow('npm', [...args, '--no-audit', '--no-fund'], {
          cwd: workspace.folder,
          env: user.env,
        });
      const nx = async (...args: readonly string[]) => {
        const env = {
          NX_DAEMON: 'false',
          // Not with the newest Nx that npm has.
          NX_MIGRATE_USE_LOCAL: 'true',
          // Nx would not install in a home folder below the system's temporary folder.
          NX_ALLOW_INSECURE_DIRECTORIES: 'true',
        };
        const { exitCode, stdout, stderr } = await runNx(workspace, args, env);
        if (exitCode !== 0) throw new Error(stdout + stderr);
        return stdout;
      };
      await npm('install', '--save-dev', '--save-exact', `@larder/nx@${FIRST}`);

      await nx('migrate', `@larder/nx@${SECOND}`);

      const { devDependencies } = await readManifest(workspace.folder);
      expect(devDependencies).toEqual({ '@larder/nx': SECOND, nx: nxVersion });
      await npm('install');
      for (const name of ['nx', 'client']) {
        const installed = await readManifest(workspace.folder, 'node_modules/@larder', name);
        expect(installed.version).toBe(SECOND);
      }
      expect(await nx('migrate', '--run-migrations')).toMatch(/nothing-to-change/);
    });
  },
);
