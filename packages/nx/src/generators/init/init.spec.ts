import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { thrownCode } from '../../errors/thrown-code.fixture.ts';
import { packageVersion } from '../../package-version.ts';
import { createTestBed } from '../../testing/test-bed.fixture.ts';
import { capturePrints } from '../../testing/nx-workspace.fixture.ts';
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

it('is where the package says that it is, with a schema for each of its options', () => {
  const root = join(__dirname, '..', '..', '..');
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as unknown;
  const { generators } = read('package.json') as { generators: string };
  const { init: entry } = (
    read(generators) as { generators: Record<string, { factory: string; schema: string }> }
  ).generators;
  expect(existsSync(join(root, entry!.factory))).toBe(true);
  const { properties } = read(entry!.schema) as { properties: object };
  expect(Object.keys(properties).sort()).toEqual([
    'fastLane',
    'mode',
    'skipInstall',
    'team',
    'url',
  ]);
});
