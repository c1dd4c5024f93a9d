import { mkdtemp, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { catchLarderError } from '../fixtures/test-bed.fixture.ts';
import { createContentCheck } from './content-check.ts';
import { ContentFile } from './content-file.ts';

const content = Buffer.from(Array.from({ length: 1_300_000 }, (_, index) => index % 251));
let folder: string;
let path: string;
let handle: FileHandle;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-content-'));
  path = join(folder, 'content');
  handle = await open(path, 'wx');
});
afterEach(async () => {
  await handle.close();
  await rm(folder, { recursive: true });
});

function createFile(sizeBytes: number | null, file = handle): ContentFile {
  const metadata = { sizeBytes, durationMs: 0, tag: null, sha: null, dirtyHash: null };
  return new ContentFile(file, createContentCheck({ hash: 'abc', metadata, verifier: null }));
}

function piecesOf(bytes: Buffer, size: number): Readable {
  const count = Math.ceil(bytes.length / size);
  return Readable.from(
    Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size)),
  );
}

describe('the file of a content', () => {
  it.each([997, 65_536, 524_288, 1_300_000])(
    'holds what arrives %i bytes at a time',
    async (size) => {
      await pipeline(piecesOf(content, size), createFile(content.length));
      expect((await readFile(path)).equals(content)).toBe(true);
    },
  );

  it('holds also what the system does not take at once', async () => {
    const reluctant = Object.create(handle, {
      writev: { value: (chunks: Buffer[]) => handle.writev([chunks[0]!.subarray(0, 7)]) },
      writeFile: { value: (rest: Buffer) => handle.writeFile(rest) },
    }) as FileHandle;
    await pipeline(piecesOf(content, 65_536), createFile(content.length, reluctant));
    expect((await readFile(path)).equals(content)).toBe(true);
  });

  it('is not finished when something is missing', async () => {
    const { code } = await catchLarderError(
      pipeline(piecesOf(content, 65_536), createFile(content.length + 1)),
    );
    expect(code).toBe('LARDER_DOWNLOAD_LENGTH_MISMATCH');
  });

  it('tells what went wrong in the middle', async () => {
    const readOnly = await open(path);
    try {
      await expect(
        pipeline(piecesOf(content, 65_536), createFile(null, readOnly)),
      ).rejects.toMatchObject({ code: 'EBADF' });
    } finally {
      await readOnly.close();
    }
  });

  it('is idle only when the last write has ended, whoever has given up', async () => {
    const events: string[] = [];
    let proceed = (): void => undefined;
    const slow = Object.assign(Object.create(handle) as FileHandle, {
      async writev(chunks: Buffer[]) {
        await new Promise<void>((resolve) => {
          proceed = resolve;
        });
        const result = await handle.writev(chunks);
        events.push('written');
        return result;
      },
    });
    const file = createFile(null, slow);
    file.write(content);
    file.destroy();
    const idle = file.whenIdle().then(() => events.push('idle'));
    await nextTurn();
    proceed();
    await idle;
    expect(events).toEqual(['written', 'idle']);
  });
});
