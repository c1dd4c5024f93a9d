import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { until } from '../testing/test-bed.fixture.ts';
import { createTestFolder, describeTree } from './archive.fixture.ts';
import { createArchiveThread, type ArchiveThread } from './archive-thread.ts';

describe('the archive thread', () => {
  let test: ReturnType<typeof createTestFolder>;
  let thread: ArchiveThread;
  let source: string;
  let target: string;

  beforeEach(() => {
    test = createTestFolder();
    thread = createArchiveThread();
    source = join(test.path, 'source');
    target = join(test.path, 'target');
    mkdirSync(join(source, 'outputs'), { recursive: true });
    for (let i = 0; i < 40; i++) {
      // Not to be compressed, so that the archive is of more than one part.
      writeFileSync(join(source, 'outputs', `file ${i}`), randomBytes(40_000));
    }
  });

  afterEach(async () => {
    await thread.close();
    test.dispose();
  });

  async function pack(): Promise<Buffer> {
    const file = join(test.path, 'archive');
    await thread.pack({ folder: source, entries: ['outputs'], file });
    return readFileSync(file);
  }

  const write = (input: Writable, bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      input.write(bytes, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });

  const untouched = ['archive', 'source'];

  it.each([1000, 65_536, 4_000_000])(
    'unpacks what it has packed, in chunks of %d bytes',
    async (chunkBytes) => {
      const bytes = await pack();
      const { input, result } = thread.unpack({ folder: target });
      const chunks = function* () {
        for (let at = 0; at < bytes.length; at += chunkBytes) {
          yield bytes.subarray(at, at + chunkBytes);
        }
      };
      await pipeline(Readable.from(chunks()), input);
      await expect(result).resolves.toMatchObject({ sizeBytes: bytes.length, entryCount: 41 });
      expect(describeTree(target)).toEqual(describeTree(source));
    },
  );

  it('unpacks while the archive arrives, but shows nothing before it is ended', async () => {
    const bytes = await pack();
    const { input, result } = thread.unpack({ folder: target });
    await write(input, bytes.subarray(0, bytes.length / 2));
    const partial = () =>
      readdirSync(test.path, { recursive: true, encoding: 'utf8' }).filter((path) =>
        /^target\.\w+\.partial.outputs.file/.test(path),
      );
    await until('the first files are there', () => partial().length > 0);
    await write(input, bytes.subarray(bytes.length / 2));
    await until('the last file is there', () => partial().length === 40);
    expect(existsSync(target)).toBe(false);
    input.end();
    await result;
    expect(readdirSync(test.path).sort()).toEqual([...untouched, 'target']);
  });

  it('leaves nothing of an archive that is whole but turns out wrong', async () => {
    const bytes = await pack();
    const { input, result } = thread.unpack({ folder: target });
    await write(input, bytes);
    const wrong = new Error('wrong signature');
    input.destroy(wrong);
    await expect(result).rejects.toBe(wrong);
    expect(readdirSync(test.path).sort()).toEqual(untouched);
  });

  it('unpacks several archives side by side, and packs meanwhile', async () => {
    const bytes = await pack();
    const names = ['first', 'second', 'third'];
    const unpackings = names.map((name) => thread.unpack({ folder: join(test.path, name) }));
    for (const { input } of unpackings) await write(input, bytes.subarray(0, 300_000));
    await expect(pack()).resolves.toEqual(bytes);
    // The last one first: none waits for another.
    for (const { input, result } of unpackings.toReversed()) {
      await write(input, bytes.subarray(300_000));
      input.end();
      await result;
    }
    for (const name of names) {
      expect(describeTree(join(test.path, name))).toEqual(describeTree(source));
    }
  });

  it('fails the stream with what is wrong with the archive', async () => {
    const { input, result } = thread.unpack({ folder: target });
    const code = 'LARDER_ARCHIVE_CORRUPT';
    await expect(pipeline(Readable.from([randomBytes(5000)]), input)).rejects.toMatchObject({
      code,
    });
    await expect(result).rejects.toMatchObject({ code });
    expect(readdirSync(test.path)).toEqual(['source']);
  });

  it('gives up an archive that never comes when it is told to', async () => {
    const controller = new AbortController();
    const { input, result } = thread.unpack({ folder: target, signal: controller.signal });
    await write(input, (await pack()).subarray(0, 1000));
    const enough = new Error('enough');
    controller.abort(enough);
    await expect(result).rejects.toBe(enough);
    expect(input.destroyed).toBe(true);
    expect(readdirSync(test.path).sort()).toEqual(untouched);
  });

  it('gives up everything when it is closed, and takes nothing more', async () => {
    const { input, result } = thread.unpack({ folder: target });
    await write(input, (await pack()).subarray(0, 1000));
    const given = expect(result).rejects.toMatchObject({ code: 'LARDER_ARCHIVE_THREAD_CLOSED' });
    await thread.close();
    await given;
    await expect(pack()).rejects.toMatchObject({ code: 'LARDER_ARCHIVE_THREAD_CLOSED' });
    expect(readdirSync(test.path).sort()).toEqual(untouched);
  });
});
