import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileChunks } from './file-chunks.ts';

const READ_SIZE_BYTES = 512 * 1024;

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-chunks-'));
  path = join(folder, 'body');
});
afterEach(() => rm(folder, { recursive: true }));

/** Bytes that differ wherever one looks. */
async function writeContent(sizeBytes: number): Promise<Buffer> {
  const numbers = Uint32Array.from({ length: Math.ceil(sizeBytes / 4) }, (_, index) => index);
  const content = Buffer.from(numbers.buffer).subarray(0, sizeBytes);
  await writeFile(path, content);
  return content;
}

/** What is given out, up to where it ends or fails. */
async function collect(sizeBytes: number): Promise<{ given: Buffer; error: unknown }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of readFileChunks(path, sizeBytes)) chunks.push(Buffer.from(chunk));
    return { given: Buffer.concat(chunks), error: null };
  } catch (error) {
    return { given: Buffer.concat(chunks), error };
  }
}

describe('the chunks of a file', () => {
  it.each([0, 1, 1000, READ_SIZE_BYTES - 1, READ_SIZE_BYTES, READ_SIZE_BYTES + 1, 3_000_001])(
    'are all of its %i bytes',
    async (sizeBytes) => {
      const content = await writeContent(sizeBytes);
      const { given, error } = await collect(sizeBytes);
      expect(error).toBeNull();
      expect(given.equals(content)).toBe(true);
    },
  );

  it.each([
    ['longer', 6, 5],
    ['longer, by a whole read', 2 * READ_SIZE_BYTES, READ_SIZE_BYTES],
    ['longer, after a whole read', READ_SIZE_BYTES + 1, READ_SIZE_BYTES],
    ['shorter', 4, 5],
    ['shorter, after a whole read', READ_SIZE_BYTES, READ_SIZE_BYTES + 1],
    ['empty', 0, 5],
  ])('are never complete when it is %s', async (_how, actualBytes, announcedBytes) => {
    await writeContent(actualBytes);
    const { given, error } = await collect(announcedBytes);
    expect(error).toMatchObject({ code: 'LARDER_BODY_LENGTH_MISMATCH' });
    expect(given.byteLength).toBeLessThan(announcedBytes);
  });

  it('stay as they are until the next one is asked for', async () => {
    const content = await writeContent(3_000_001);
    let offset = 0;
    for await (const chunk of readFileChunks(path, content.length)) {
      // The system has had the time to read ahead.
      await new Promise(setImmediate);
      expect(chunk.equals(content.subarray(offset, offset + chunk.length))).toBe(true);
      offset += chunk.length;
    }
    expect(offset).toBe(content.length);
  });

  it('need two buffers, however large it is', async () => {
    const content = await writeContent(5_000_000);
    const buffers = new Set<ArrayBufferLike>();
    for await (const chunk of readFileChunks(path, content.length)) buffers.add(chunk.buffer);
    expect(buffers.size).toBe(2);
  });

  it('are none where there is no file', async () => {
    const { error } = await collect(5);
    expect(error).toMatchObject({ code: 'ENOENT' });
  });
});
