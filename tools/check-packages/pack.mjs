import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/** What belongs into a package; everything else is a mistake. */
const EXPECTED_FILES =
  /^(?:package\.json|README\.md|LICENSE|generators\.json|generators\/.*\.schema\.json|dist\/.*\.(?:js|d\.ts))$/;
const FORBIDDEN_FILES = /\.(?:spec|fixture)\./;
const WANTED_FILES = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];

/** Packs the package in `source`, checks its files and unpacks it below `folder`, all by itself. */
export async function pack(source, folder) {
  mkdirSync(folder);
  const [{ name, filename, files, size }] = JSON.parse(
    await run('npm', ['pack', '--json', '--pack-destination', folder], source),
  );
  checkFiles(name, files);
  const tarball = join(folder, filename);
  const unpacked = join(folder, 'node_modules', name);
  mkdirSync(unpacked, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1'], folder);
  return { name, tarball, folder, unpacked, fileCount: files.length, sizeBytes: size };
}

function checkFiles(name, files) {
  const paths = files.map(({ path }) => path);
  const wrong = paths.filter((path) => !EXPECTED_FILES.test(path) || FORBIDDEN_FILES.test(path));
  if (wrong.length > 0) throw new Error(`${name} holds ${wrong.join(', ')}.`);
  const absent = WANTED_FILES.filter((path) => !paths.includes(path));
  if (absent.length > 0) throw new Error(`${name} lacks ${absent.join(', ')}.`);
}
