// Puts tar-stream, as it is installed here, into @larder/nx, see ADR 0024. Fails when that release
// needs something that the manifest of @larder/nx does not name.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const plugin = fileURLToPath(new URL('../packages/nx/', import.meta.url));
const original = dirname(createRequire(join(plugin, 'package.json')).resolve('tar-stream'));
const copy = join(plugin, 'vendor', 'tar-stream');

const FILES = [
  'LICENSE',
  'constants.js',
  'extract.js',
  'headers.js',
  'index.d.ts',
  'index.js',
  'pack.js',
];

/** Only for another runtime, Bare: tar-stream asks for it, and Node never loads it. */
const NOT_FOR_NODE = ['bare-fs'];

const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const { dependencies: ours } = readManifest(plugin);
const { dependencies: theirs } = readManifest(original);
const wrong = Object.keys(theirs)
  .filter((name) => !NOT_FOR_NODE.includes(name) && ours[name] !== theirs[name])
  .map((name) => `${name}@${theirs[name]}`);
if (wrong.length > 0) {
  throw new Error(
    `packages/nx/package.json has to depend on ${wrong.join(', ')}, as tar-stream does.`,
  );
}

rmSync(copy, { recursive: true, force: true });
mkdirSync(copy, { recursive: true });
for (const file of FILES) copyFileSync(join(original, file), join(copy, file));
