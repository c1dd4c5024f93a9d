import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestFolder } from './archive.fixture.ts';
import { packFolder } from './pack-folder.ts';

// Whoever empties a cache may do so at any moment; what is half gone must never be stored.
describe('packing a folder from which something has been removed', () => {
  let test: ReturnType<typeof createTestFolder>;
  let folder: string;
  let completeAtMs: number;

  beforeEach(() => {
    test = createTestFolder();
    folder = join(test.path, 'entry');
    mkdirSync(join(folder, 'outputs/dist/lib'), { recursive: true });
    for (const file of ['code', 'outputs/dist/a.js', 'outputs/dist/lib/b.js']) {
      writeFileSync(join(folder, file), file);
    }
    // Well in the past, as the times of files have a coarse grain.
    const anHourAgo = Date.now() / 1000 - 3600;
    for (const each of ['.', 'outputs', 'outputs/dist', 'outputs/dist/lib']) {
      utimesSync(join(folder, each), anHourAgo, anHourAgo);
    }
    completeAtMs = statSync(folder).mtimeMs;
  });

  afterEach(() => {
    test.dispose();
  });

  const pack = () =>
    packFolder({
      folder,
      entries: ['code', 'outputs'],
      file: join(test.path, 'archive'),
      completeAtMs,
    });

  it('succeeds while nothing is missing', async () => {
    await expect(pack()).resolves.toMatchObject({ entryCount: 6 });
  });

  it.each(['code', 'outputs', 'outputs/dist/a.js', 'outputs/dist/lib', 'outputs/dist/lib/b.js'])(
    'fails and leaves nothing behind when %s is gone',
    async (removed) => {
      rmSync(join(folder, removed), { recursive: true });
      await expect(pack()).rejects.toMatchObject({ code: 'LARDER_ARCHIVE_SOURCE_CHANGED' });
      expect(readdirSync(test.path)).toEqual(['entry']);
    },
  );

  it('fails when all of it is gone', async () => {
    rmSync(folder, { recursive: true });
    await expect(pack()).rejects.toMatchObject({ code: 'LARDER_ARCHIVE_IO' });
  });
});
