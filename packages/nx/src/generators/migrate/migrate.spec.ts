import { readJson, writeJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { thrownCode } from '../../errors/thrown-code.fixture.ts';
import { capturePrints, enterNxWorkspace } from '../../testing/nx-workspace.fixture.ts';
import { createTestBed } from '../../testing/test-bed.fixture.ts';
import migrate, { type MigrateOptions } from './migrate.ts';
import { foreignWorkspaces, secret, type WorkspaceFiles } from './workspaces.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

let tree: Tree;
let printed: string[];

beforeEach(() => {
  printed = capturePrints(bed);
});

/** A tree as of this version of Nx, with the devkit of this repository's. */
function enter({ nxJson, packages, files = {} }: WorkspaceFiles, nxVersion = '24.0.6'): void {
  enterNxWorkspace(bed, nxVersion);
  tree = createTreeWithEmptyWorkspace();
  writeJson(tree, 'nx.json', nxJson);
  writeJson(tree, 'package.json', { name: 'shop', devDependencies: packages });
  for (const [file, content] of Object.entries(files)) tree.write(file, content);
}

const nxJson = () => readJson<Record<string, unknown>>(tree, 'nx.json');
const run = (options: MigrateOptions = {}) => migrate(tree, { skipInstall: true, ...options });
const contents = () => tree.listChanges().map(({ path }) => [path, tree.read(path, 'utf-8')]);

describe.each(foreignWorkspaces)(
  '$title, on Nx $nxVersion',
  ({ nxVersion, before, after, told }) => {
    beforeEach(() => {
      enter(before, nxVersion);
    });

    it('becomes Larder, once', () => {
      run();
      expect(nxJson()).toEqual(after.nxJson);
      expect(readJson(tree, 'package.json')).toEqual({
        name: 'shop',
        devDependencies: after.packages,
      });
      const files = contents();
      expect(run()).toBeNull();
      expect(contents()).toEqual(files);
    });

    it('tells what has changed and what is to do, and no secret', () => {
      run();
      const text = printed.join('\n');
      for (const part of told) expect(text).toContain(part);
      expect(text).toContain('LARDER_TOKEN');
      expect(text).not.toContain(secret);
      expect(JSON.stringify(nxJson())).not.toContain(secret);
      for (const [file, content] of Object.entries(before.files ?? {})) {
        expect(tree.read(file, 'utf-8')).toBe(content);
      }
    });
  },
);

const packages = { nx: '24.0.6' };

it('installs when package.json has changed, and only then', () => {
  enter({ nxJson: {}, packages: { ...packages, '@nx/s3-cache': '5.0.7' } });
  expect(typeof migrate(tree, {})).toBe('function');
  expect(migrate(tree, {})).toBeNull();
});

it('changes nothing where there is nothing to migrate from, and points to init', () => {
  const files = { '.env': 'NXCACHE_READ=false\n' };
  enter({ nxJson: { plugins: ['@nx/js'] }, packages, files });
  const before = contents();
  run();
  expect(contents()).toEqual(before);
  expect(printed).toEqual([
    expect.stringContaining('@larder/nx:init'),
    expect.stringContaining('NXCACHE_READ in .env:1'),
  ]);
});

it('takes the fast lane for no other cache', () => {
  const fastLane = { '@nx/powerpack-azure-cache': 'npm:@larder/fast-lane@0.1.0' };
  enter({ nxJson: {}, packages: { ...packages, ...fastLane, '@nx/s3-cache': '5.0.7' } });
  run();
  expect(readJson(tree, 'package.json')).toMatchObject({
    devDependencies: { ...packages, ...fastLane },
  });
});

it.each([
  ['./tools/runner.js', '19.8.14'],
  ['nx-cloud', '24.0.6'],
])('refuses the runner %s, which it does not know, and writes nothing', (runner, nxVersion) => {
  const tasksRunnerOptions = { default: { runner } };
  enter(
    { nxJson: { tasksRunnerOptions, s3: { bucket: 'b' } }, packages: { '@nx/s3-cache': '5.0.7' } },
    nxVersion,
  );
  const before = contents();
  expect(thrownCode(() => run())).toBe('LARDER_MIGRATE_RUNNER_UNKNOWN');
  expect(() => run()).toThrow(/Remove .*@larder\/nx:init".*\(LARDER_MIGRATE_RUNNER_UNKNOWN\)$/);
  expect(contents()).toEqual(before);
});

it('migrates every entry of the tasks runners that it knows, and leaves others alone', () => {
  const cloud = { runner: 'nx-cloud', options: { accessToken: 'public' } };
  const s3 = { runner: '@pellegrims/nx-remotecache-s3', options: { bucket: 'b', write: false } };
  enter({ nxJson: { tasksRunnerOptions: { default: s3, ci: s3, cloud } }, packages }, '19.8.14');
  run({ url: 'https://cache.example.com' });
  const larder = {
    runner: '@larder/nx',
    options: { mode: 'read', url: 'https://cache.example.com' },
  };
  expect(nxJson()).toEqual({ tasksRunnerOptions: { default: larder, ci: larder, cloud } });
});

describe('what is asked for', () => {
  const vercel = {
    runner: '@vercel/remote-nx',
    options: { teamId: 'team_1a2b', read: false, cacheableOperations: [] },
  };
  it.each<[MigrateOptions, object]>([
    [{}, { mode: 'write', teamId: 'team_1a2b' }],
    [{ mode: 'read' }, { mode: 'read', teamId: 'team_1a2b' }],
    [{ team: 'shop' }, { mode: 'write', slug: 'shop' }],
    // The team is one of Vercel's.
    [{ url: 'https://cache.example.com' }, { mode: 'write', url: 'https://cache.example.com' }],
  ])('%j wins over what the other cache had', (options, expected) => {
    enter({ nxJson: { tasksRunnerOptions: { default: vercel } }, packages });
    run(options);
    expect(nxJson().plugins).toEqual([{ plugin: '@larder/nx', options: expected }]);
  });
});

it('keeps the options that Larder has', () => {
  const options = { url: 'https://larder.example.com', localMode: 'off' };
  const files = { '.env': 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER=https://other.example.com\n' };
  enter({
    nxJson: { plugins: [{ plugin: '@larder/nx', options }], s3: { ciMode: 'read' } },
    packages,
    files,
  });
  run();
  expect(nxJson()).toEqual({ plugins: [{ plugin: '@larder/nx', options }] });
});

it.each([
  ['several', ['https://a.example.com', 'https://b.example.com']],
  ['one with a password', [`https://ci:${secret}@cache.example.com`]],
  ['none that is plain', ['$CACHE_URL']],
])('takes no address over where there is %s', (_what, urls) => {
  const lines = urls.map((url) => `NX_SELF_HOSTED_REMOTE_CACHE_SERVER=${url}\n`);
  enter({ nxJson: {}, packages, files: { '.env': lines.join('') } });
  run();
  expect(nxJson()).toEqual({ plugins: ['@larder/nx'] });
  expect(printed.join('\n')).toContain('Set "url" in nx.json or LARDER_URL');
  expect(printed.join('\n')).not.toContain(secret);
});

it('names overrides that are left', () => {
  enter({ nxJson: {}, packages: { '@vercel/remote-nx': '2.0.0' } });
  const overrides = { 'nx-remotecache-custom': '19.0.0', react: '19' };
  writeJson(tree, 'package.json', { ...readJson<object>(tree, 'package.json'), overrides });
  run();
  expect(printed.join('\n')).toContain('Remove the overrides of nx-remotecache-custom in');
});

it('works where Nx keeps packages in nx.json', () => {
  enter({
    nxJson: {
      installation: {
        version: '24.0.6',
        plugins: { '@nx/s3-cache': '5.0.7', '@larder/nx': '0.1.0' },
      },
    },
    packages: {},
  });
  tree.delete('package.json');
  expect(migrate(tree, {})).toBeNull();
  expect(nxJson()).toEqual({
    installation: { version: '24.0.6', plugins: { '@larder/nx': '0.1.0' } },
    plugins: ['@larder/nx'],
  });
});

it('adds the data folder to .gitignore', () => {
  enter({ nxJson: { s3: {} }, packages, files: { '.gitignore': '.nx/cache\n' } });
  run();
  expect(tree.read('.gitignore', 'utf-8')).toBe('.nx/cache\n.nx/larder\n');
});
