import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestFolder } from './archive.fixture.ts';

const packFile = join(__dirname, '../../dist/archive/pack-folder.js');

/** Prints the error with which packing fails. */
const script = `
  const [packFile, folder, file] = process.argv.slice(1);
  require(packFile)
    .packFolder({ folder, entries: ['outputs'], file })
    .catch(({ code, message }) => console.log(JSON.stringify({ code, message })));
`;

describe('packing where a file may not grow', () => {
  const test = createTestFolder();

  afterAll(() => {
    test.dispose();
  });

  it('fails with what the file system says and leaves nothing behind', () => {
    const folder = join(test.path, 'entry');
    mkdirSync(join(folder, 'outputs'), { recursive: true });
    writeFileSync(join(folder, 'outputs', 'film.bin'), randomBytes(2_000_000));
    const { stdout } = spawnSync(
      '/bin/sh',
      [
        ...['-c', 'ulimit -f 128 && exec "$0" "$@"'],
        ...[process.execPath, '-e', script, packFile, folder, join(test.path, 'archive')],
      ],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(stdout)).toEqual({
      code: 'LARDER_ARCHIVE_IO',
      message: expect.stringContaining('EFBIG') as string,
    });
    expect(readdirSync(test.path)).toEqual(['entry']);
  });
});
