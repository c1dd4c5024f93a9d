// The copy of tar-stream in @larder/nx: byte for byte the release that is installed for development,
// with what that needs on Node.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const TAR_STREAM_COPY = 'packages/nx/vendor/tar-stream';

export const TAR_STREAM_FILES = [
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

export function tarStreamFolder(root) {
  return dirname(createRequire(join(root, 'packages/nx/package.json')).resolve('tar-stream'));
}

export function checkVendored(root) {
  const original = tarStreamFolder(root);
  const copied = readdirSync(join(root, TAR_STREAM_COPY)).sort();
  const isSame = (file) =>
    readFileSync(join(root, TAR_STREAM_COPY, file)).equals(readFileSync(join(original, file)));
  if (copied.join() !== TAR_STREAM_FILES.join() || !copied.every(isSame)) {
    throw new Error(`${TAR_STREAM_COPY} is not what is installed: run "npm run vendor".`);
  }

  const { dependencies: ours } = readManifest(join(root, 'packages/nx'));
  const { dependencies: theirs } = readManifest(original);
  const wrong = Object.keys(theirs).filter(
    (name) => !NOT_FOR_NODE.includes(name) && ours[name] !== theirs[name],
  );
  if (wrong.length > 0) {
    throw new Error(
      `@larder/nx must depend on ${wrong.map((name) => `${name}@${theirs[name]}`).join(', ')}, as its copy of tar-stream does.`,
    );
  }
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
