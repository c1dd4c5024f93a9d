// `npm run check:packages`: what a user gets from npm. Packs the built packages and checks the files,
// the manifests (publint) and how the types resolve (are the types wrong).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);

const PACKAGES = [
  { name: 'client', publint: ['--strict'], attw: [] },
  // Nx 16 to 20 load a tasks runner by `require` and take its `default`: both tools warn of that.
  { name: 'nx', publint: [], attw: ['--ignore-rules', 'cjs-only-exports-default'] },
  { name: 'server', publint: ['--strict'], attw: [] },
];

/** What belongs into a package; everything else is a mistake. */
const EXPECTED_FILES = /^(?:package\.json|README\.md|LICENSE|dist\/.*\.(?:js|d\.ts))$/;
const FORBIDDEN_FILES = /\.(?:spec|fixture)\./;

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.\n${stdout}${stderr}`);
  return stdout;
}

function checkFiles(name, files) {
  const paths = files.map(({ path }) => path);
  const wrong = paths.filter((path) => !EXPECTED_FILES.test(path) || FORBIDDEN_FILES.test(path));
  if (wrong.length > 0) throw new Error(`${name} holds ${wrong.join(', ')}.`);
  for (const wanted of [
    'package.json',
    'README.md',
    'LICENSE',
    'dist/index.js',
    'dist/index.d.ts',
  ]) {
    if (!paths.includes(wanted)) throw new Error(`${name} lacks ${wanted}.`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'larder-packages-'));
try {
  for (const { name, publint, attw } of PACKAGES) {
    const source = join(root, 'packages', name);
    const [packed] = JSON.parse(
      run('npm', ['pack', '--json', '--pack-destination', folder], source),
    );
    checkFiles(packed.name, packed.files);
    const tarball = join(folder, packed.filename);
    run(bin('publint'), ['run', tarball, ...publint], folder);
    run(bin('attw'), [tarball, ...attw], folder);
    const kilobytes = Math.round(packed.size / 1000);
    console.log(`${packed.name}: ${packed.files.length} files, ${kilobytes} kB, clean`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
