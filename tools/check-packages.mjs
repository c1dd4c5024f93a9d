// `npm run check:packages`: what a user gets from npm. Packs the built packages and checks the files,
// the manifests (publint), how the types resolve (are the types wrong), that they need nothing but
// Node's, and that the packages load once they are installed.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLoading } from './check-packages/check-loading.mjs';
import { checkTypes } from './check-packages/check-types.mjs';
import { pack } from './check-packages/pack.mjs';
import { run, settle } from './check-packages/run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);

const PACKAGES = {
  client: { publint: ['--strict'], attw: [] },
  // Nx 16 to 20 load a tasks runner by `require` and take its `default`: both tools warn of that.
  nx: { publint: [], attw: ['--ignore-rules', 'cjs-only-exports-default'] },
  'fast-lane': { publint: ['--strict'], attw: [] },
  server: { publint: ['--strict'], attw: [] },
};

async function check(folder) {
  const names = Object.keys(PACKAGES);
  const packages = await settle(
    names.map((name) => pack(join(root, 'packages', name), join(folder, name))),
  );
  await settle([
    checkLoading(packages, join(folder, 'installed')),
    ...names.flatMap((name, index) => [
      run(bin('publint'), ['run', packages[index].tarball, ...PACKAGES[name].publint], folder),
      run(bin('attw'), [packages[index].tarball, ...PACKAGES[name].attw], folder),
    ]),
    checkTypes(packages, folder),
  ]);
  for (const { name, fileCount, sizeBytes } of packages) {
    console.log(`${name}: ${fileCount} files, ${Math.round(sizeBytes / 1000)} kB, clean`);
  }
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'larder-packages-')));
try {
  await check(folder);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
