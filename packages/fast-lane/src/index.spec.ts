import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRemoteCache } from './index.ts';

const before = process.cwd();
let workspace: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'larder-fast-lane-'));
  process.chdir(workspace);
});
afterEach(() => {
  process.chdir(before);
  rmSync(workspace, { recursive: true });
});

/** A plugin whose part for the fast lane is the given code. */
function installPlugin(code: string): void {
  const folder = join(workspace, 'node_modules', '@larder', 'nx');
  mkdirSync(folder, { recursive: true });
  const exports = { './fast-lane': './fast-lane.js' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: '@larder/nx', exports }));
  writeFileSync(join(folder, 'fast-lane.js'), code);
}

it('gives Nx what the plugin of the workspace gives', async () => {
  installPlugin(`
    exports.getRemoteCache = () => ({
      retrieve: async (...given) => given,
      store: async (...given) => given,
    });
  `);
  const cache = getRemoteCache();
  expect(await cache?.retrieve('1', '/cache')).toEqual(['1', '/cache']);
  expect(await cache?.store('1', '/cache', 'done', 0)).toEqual(['1', '/cache', 'done', 0]);
});

it('finds the plugin from a folder of the workspace as well', () => {
  installPlugin('exports.getRemoteCache = () => "the cache";');
  mkdirSync(join(workspace, 'apps', 'shop'), { recursive: true });
  process.chdir(join(workspace, 'apps', 'shop'));
  expect(getRemoteCache()).toBe('the cache');
});

it.each([
  ['has nothing to do', 'exports.getRemoteCache = () => null;'],
  ['knows no fast lane', ''],
  ['cannot be loaded', 'throw new Error();'],
  ['fails', 'exports.getRemoteCache = () => { throw new Error(); };'],
])('is absent when the plugin %s', (_what, code) => {
  installPlugin(code);
  expect(getRemoteCache()).toBeNull();
});

it('is absent without the plugin', () => {
  // The one of this repository is found from this file, wherever the working folder is.
  expect(getRemoteCache()).toBeNull();
});
