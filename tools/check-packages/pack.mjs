import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/** Packs the package in `source` and unpacks it below `folder`, all by itself. */
export async function pack(source, folder) {
  mkdirSync(folder);
  const [{ name, filename, files, size, unpackedSize }] = JSON.parse(
    await run('npm', ['pack', '--json', '--pack-destination', folder], source),
  );
  const tarball = join(folder, filename);
  const unpacked = join(folder, 'node_modules', name);
  mkdirSync(unpacked, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1'], folder);
  return {
    name,
    tarball,
    folder,
    unpacked,
    files: files.map(({ path }) => path),
    sizeBytes: size,
    unpackedBytes: unpackedSize,
  };
}
