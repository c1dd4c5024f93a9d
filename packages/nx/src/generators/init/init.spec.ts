import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { thrownCode } from '../../errors/thrown-code.fixture.ts';
import { packageVersion } from '../../package-version.ts';
import { createTestBed } from '../../testing/test-bed.fixture.ts';
import { capturePrints, enterNxWorkspace } from '../../testing/nx-workspace.fixture.ts';
import init, { type InitOptions } from './init.ts';

// Runs with the Nx of this repository, which has the hooks door.

const bed = createTestBed();
afterEach(() => bed.cleanUp());

let tree: Tree;
let printed: string[];

beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
  printed = capturePrints(bed);
});

const nxJson = () => readJson<Record<string, unknown>>(tree, 'nx.json');
const devDependencies = () =>
  readJson<{ devDependencies: Record<string, string> }>(tree, 'package.json').devDependencies;

it('adds the plugin, keeps the rest, and says what to do next', () => {
  const before = nxJson();
  expect(init(tree, {})).toBeNull();
  expect(nxJson()).toEqual({ ...before, plugins: ['@larder/nx'] });
  expect(printed).toEqual([expect.stringContaining('LARDER_TOKEN')]);
});

it('writes the options that it is given', () => {
  init(tree, { url: 'https://cache.example.com/', team: 'shop', mode: 'read' });
  const options = { url: 'https://cache.example.com', slug: 'shop', mode: 'read' };
  expect(nxJson().plugins).toEqual([{ plugin: '@larder/nx', options }]);
});

it('takes a team for an id when it looks like one', () => {
  init(tree, { team: 'team_1a2b' });
  expect(nxJson().plugins).toMatchObject([{ options: { teamId: 'team_1a2b' } }]);
});

it('changes nothing the second time', () => {
  const options: InitOptions = { url: 'https://cache.example.com', fastLane: true };
  init(tree, { ...options, skipInstall: true });
  const files = ['nx.json', 'package.json'].map((file) => tree.read(file, 'utf8'));
  expect(init(tree, options)).toBeNull();
  expect(['nx.json', 'package.json'].map((file) => tree.read(file, 'utf8'))).toEqual(files);
});

it('adds the fast lane on request, and removes it', () => {
  const before = devDependencies();
  init(tree, { skipInstall: true });
  expect(devDependencies()).toEqual(before);
  expect(typeof init(tree, { fastLane: true })).toBe('function');
  expect(devDependencies()).toEqual({
    ...before,
    '@nx/powerpack-azure-cache': `npm:@larder/fast-lane@${packageVersion()}`,
  });
  init(tree, { fastLane: false, skipInstall: true });
  expect(devDependencies()).toEqual(before);
});

it.each<[string, InitOptions, string]>([
  ['an address with a password', { url: 'https://a:b@example.com' }, 'LARDER_OPTIONS_INVALID_URL'],
  ['a mode that is none', { mode: 'readonly' as never }, 'LARDER_OPTIONS_INVALID_VALUE'],
])('refuses %s and writes nothing', (_what, options, code) => {
  const before = nxJson();
  expect(thrownCode(() => init(tree, options))).toBe(code);
  expect(nxJson()).toEqual(before);
});

it('says all in the message, which is what Nx shows', () => {
  expect(() => init(tree, { url: 'cache' })).toThrow(
    /^--url must be an address .*\. Set --url to .*\(LARDER_OPTIONS_INVALID_URL\)$/,
  );
});

it('makes a nx.json where there is none', () => {
  tree.delete('nx.json');
  init(tree, {});
  expect(nxJson()).toEqual({ plugins: ['@larder/nx'] });
});

it('keeps comments in nx.json, and how it is written', () => {
  tree.write('nx.json', '{\n\t// as many as there are cores\n\t"parallel": 3\n}\n');
  init(tree, {});
  expect(tree.read('nx.json', 'utf-8')).toBe(
    '{\n\t// as many as there are cores\n\t"parallel": 3,\n\t"plugins": [\n\t\t"@larder/nx"\n\t]\n}\n',
  );
});

it('leaves what nx.json extends where it is', () => {
  const preset = 'nx/presets/npm.json';
  writeJson(tree, 'nx.json', { extends: preset });
  init(tree, {});
  expect(nxJson()).toEqual({ extends: preset, plugins: ['@larder/nx'] });
});

it('adds its folder to .gitignore, once', () => {
  tree.write('.gitignore', 'dist\n.nx/cache\n');
  init(tree, {});
  init(tree, {});
  expect(tree.read('.gitignore', 'utf-8')).toBe('dist\n.nx/cache\n.nx/larder\n');
});

it('makes a .gitignore in the folder of a git repository only', () => {
  init(tree, {});
  expect(tree.exists('.gitignore')).toBe(false);
  tree.write('.git/HEAD', 'ref: refs/heads/main\n');
  init(tree, {});
  expect(tree.read('.gitignore', 'utf-8')).toBe('.nx/larder\n');
});

it.each([
  ['caches/larder/', 'caches/larder'],
  ['./caches\\larder', 'caches/larder'],
  ['/var/cache/larder', null],
  ['../larder', null],
])('knows a data folder %s', (dataDirectory, line) => {
  tree.write('.gitignore', 'dist\n');
  writeJson(tree, 'nx.json', { plugins: [{ plugin: '@larder/nx', options: { dataDirectory } }] });
  init(tree, {});
  expect(tree.read('.gitignore', 'utf-8')).toBe(line === null ? 'dist\n' : `dist\n${line}\n`);
});

it('adds nothing to .gitignore with Nx 16, where its folder lies among the modules', () => {
  enterNxWorkspace(bed, '16.10.0');
  tree.write('.gitignore', 'node_modules\n');
  init(tree, {});
  expect(tree.read('.gitignore', 'utf-8')).toBe('node_modules\n');
});

it('points to migrate where there is another cache', () => {
  writeJson(tree, 'nx.json', { s3: { bucket: 'shop' } });
  init(tree, {});
  expect(printed).toEqual([
    expect.stringMatching(/@nx\/s3-cache.*@larder\/nx:migrate/),
    expect.stringContaining('LARDER_TOKEN'),
  ]);
});

it.each([
  ['useLegacyCache', '20.8.4'],
  ['enableDbCache', '19.8.14'],
])('says that %s keeps Nx %s from asking Larder', (flag, version) => {
  enterNxWorkspace(bed, version);
  writeJson(tree, 'nx.json', { [flag]: true });
  init(tree, {});
  expect(printed[0]).toContain(`"${flag}" in nx.json`);
});

it('does without the fast lane where there is no package.json', () => {
  tree.delete('package.json');
  expect(init(tree, { fastLane: true })).toBeNull();
  expect(printed[0]).toContain('workspaces with a package.json');
});

describe.each(['init', 'migrate', 'remove'])('%s', (name) => {
  const root = join(__dirname, '..', '..', '..');
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as unknown;

  it('is where the package says that it is, with a schema for each of its options', () => {
    const { generators } = read('package.json') as { generators: string };
    const { [name]: entry } = (
      read(generators) as { generators: Record<string, { factory: string; schema: string }> }
    ).generators;
    expect(existsSync(join(root, entry!.factory))).toBe(true);
    const { properties } = read(entry!.schema) as { properties: object };
    expect(Object.keys(properties).sort()).toEqual(generatorOptions[name]);
  });
});

const generatorOptions: Readonly<Record<string, string[]>> = {
  init: ['fastLane', 'mode', 'skipInstall', 'team', 'url'],
  migrate: ['mode', 'skipInstall', 'team', 'url'],
  remove: ['keepPackage', 'skipInstall'],
};
