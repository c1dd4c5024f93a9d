import { readJson, writeJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { capturePrints, enterNxWorkspace } from '../../testing/nx-workspace.fixture.ts';
import { createTestBed } from '../../testing/test-bed.fixture.ts';
import init, { type InitOptions } from '../init/init.ts';
import remove from './remove.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

let tree: Tree;
let printed: string[];

beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
  // As Nx itself formats them.
  for (const file of ['nx.json', 'package.json']) writeJson(tree, file, readJson(tree, file));
  printed = capturePrints(bed);
});

const files = ['nx.json', 'package.json', '.gitignore'];
const contents = () => files.map((file) => tree.read(file, 'utf-8'));

describe.each(['19.8.14', '24.0.6'])('undoes init on Nx %s', (nxVersion) => {
  const all: InitOptions = { url: 'https://cache.example.com', team: 'shop', mode: 'read' };
  it.each<[string, InitOptions, string | null]>([
    ['without options', {}, 'dist\r\n'],
    ['with options', all, 'dist'],
    ['with the fast lane', { fastLane: true }, null],
    ['and leaves an empty .gitignore', {}, ''],
  ])('%s', (_what, options, gitignore) => {
    enterNxWorkspace(bed, nxVersion);
    tree.write('.git/HEAD', 'ref: refs/heads/main\n');
    if (gitignore !== null) tree.write('.gitignore', gitignore);
    const before = contents();
    init(tree, { ...options, skipInstall: true });
    expect(contents()).not.toEqual(before);
    remove(tree, { skipInstall: true });
    expect(contents()).toEqual(before);
    remove(tree, {});
    expect(contents()).toEqual(before);
  });
});

const listed = { devDependencies: { nx: '24.0.6', '@larder/nx': '0.1.0' } };

it('removes the package, and installs', () => {
  writeJson(tree, 'package.json', listed);
  expect(typeof remove(tree, {})).toBe('function');
  expect(readJson(tree, 'package.json')).toEqual({ devDependencies: { nx: '24.0.6' } });
  expect(printed).toEqual([]);
});

it('keeps the package on request, and says what is left to do', () => {
  writeJson(tree, 'package.json', listed);
  init(tree, {});
  expect(remove(tree, { keepPackage: true })).toBeNull();
  expect(readJson(tree, 'package.json')).toEqual(listed);
  expect(printed.at(-1)).toMatch(/LARDER_….*delete \.nx\/larder/);
});

it('removes the package from where the wrapper of Nx keeps it', () => {
  tree.delete('package.json');
  const installation = { version: '24.0.6', plugins: { '@larder/nx': '0.1.0' } };
  writeJson(tree, 'nx.json', { installation, plugins: ['@larder/nx'] });
  expect(remove(tree, {})).toBeNull();
  expect(readJson(tree, 'nx.json')).toEqual({ installation: { version: '24.0.6' } });
});
