// `npm run check:packages`: what a user gets from npm. Packs the built packages and checks the files
// and their sizes, the manifests (publint), how the types resolve (are the types wrong), that they
// need nothing but Node's, that the packages load once they are installed, what the plugin adds to a
// workspace, and the licences of all that comes along.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkContents } from './check-packages/check-contents.mjs';
import { checkLoading } from './check-packages/check-loading.mjs';
import { checkTypes } from './check-packages/check-types.mjs';
import { checkWeight } from './check-packages/check-weight.mjs';
import { checkLicencesPage } from './check-packages/licences.mjs';
import { pack } from './check-packages/pack.mjs';
import { PACKAGES } from './check-packages/packages.mjs';
import { run, settle } from './check-packages/run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);

async function check(folder) {
  const names = Object.keys(PACKAGES);
  const packages = await settle(
    names.map((name) => pack(join(root, 'packages', name), join(folder, name))),
  );
  packages.forEach((each, index) => checkContents(each, PACKAGES[names[index]]));
  const [weight] = await settle([
    checkWeight(packages, join(folder, 'plugin')),
    checkLoading(packages, join(folder, 'installed')),
    checkLicencesPage(
      root,
      names.map((name) => `packages/${name}`),
    ),
    ...names.flatMap((name, index) => [
      run(bin('publint'), ['run', packages[index].tarball, ...PACKAGES[name].publint], folder),
      run(bin('attw'), [packages[index].tarball, ...PACKAGES[name].attw], folder),
    ]),
    checkTypes(packages, folder),
  ]);
  for (const { name, files, sizeBytes, unpackedBytes } of packages) {
    const [packed, unpacked] = [sizeBytes, unpackedBytes].map((bytes) => Math.round(bytes / 1000));
    console.log(`${name}: ${files.length} files, ${packed} kB, ${unpacked} kB unpacked, clean`);
  }
  console.log(weight);
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
