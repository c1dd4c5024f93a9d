import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  compress,
  createTestFolder,
  describeTree,
  makeTar,
  type MadeEntry,
} from './archive.fixture.ts';
import { unpackArchive, type UnpackRequest } from './unpack-archive.ts';

/**
 * Unpacks a made-up archive beside other files, and returns the code of the error. Fails when the
 * attempt changed anything around, or left anything behind.
 */
export async function refusalOf(
  archive: readonly MadeEntry[] | Buffer,
  options: Pick<UnpackRequest, 'limits' | 'part'> = {},
): Promise<string> {
  const bytes = Buffer.isBuffer(archive) ? archive : compress(await makeTar(archive));
  const test = createTestFolder();
  try {
    const cache = join(test.path, 'workspace/cache');
    mkdirSync(join(cache, 'target'), { recursive: true });
    writeFileSync(join(cache, 'target/code'), 'the entry before');
    writeFileSync(join(test.path, 'workspace/precious'), 'content');
    const before = describeTree(test.path);

    let code = 'nothing was thrown';
    try {
      await unpackArchive({
        archive: Readable.from([bytes]),
        folder: join(cache, 'target'),
        ...options,
      });
    } catch (error) {
      code = (error as { code?: string }).code ?? String(error);
    }
    expect(describeTree(test.path)).toEqual(before);
    return code;
  } finally {
    test.dispose();
  }
}
