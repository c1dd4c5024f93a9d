import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from '../../vendor/tar-stream/index.js';
import { createTestBed } from '../testing/test-bed.fixture.ts';
import { holdsFailure } from './holds-failure.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const headerBytes = 512;
const markOffset = 257;
const checksumOffset = 148;

/** Takes the mark of the newer formats out of a tar header, as Nx's own entries have none. */
function withoutMark(entry: Buffer): Buffer {
  entry.fill(0, markOffset, headerBytes);
  entry.fill(' ', checksumOffset, checksumOffset + 8);
  const sum = entry.subarray(0, headerBytes).reduce((total, byte) => total + byte, 0);
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, checksumOffset);
  return entry;
}

async function oldEntry(name: string, content: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name }, content);
  tar.finalize();
  const bytes = withoutMark(await buffer(tar));
  return bytes.subarray(0, 2 * headerBytes);
}

/** An archive as Nx makes it: outputs, then `terminalOutput`, then `code`. */
async function write(code: readonly number[] | null, outputs: Record<string, string> = {}) {
  const tar = pack();
  for (const [name, content] of Object.entries(outputs)) tar.entry({ name }, content);
  tar.finalize();
  const archive = (await buffer(tar)).subarray(0, -2 * headerBytes);
  const own = [await oldEntry('terminalOutput', Buffer.from('done'))];
  if (code) own.push(await oldEntry('code', Buffer.from(code)));
  return writeRaw(gzipSync(Buffer.concat([archive, ...own, Buffer.alloc(2 * headerBytes)])));
}

function writeRaw(bytes: Buffer): string {
  const file = join(bed.makeFolder(), 'body');
  writeFileSync(file, bytes);
  return file;
}

describe('an archive of Nx', () => {
  it.each<[readonly number[] | null, boolean]>([
    [[0, 0, 0, 0], false],
    [[0, 0, 0, 1], true],
    [[0, 0, 1, 0], true],
    [[255, 255, 255, 255], true],
    [null, false],
    [[1], false],
  ])('with the code %j is that of a failure: %s', async (code, expected) => {
    expect(await holdsFailure(await write(code))).toBe(expected);
  });

  it('with much before the code is read to its end', async () => {
    const outputs = { 'dist/code': '\0\0\0\x01', 'dist/film.bin': 'x'.repeat(3_000_000) };
    expect(await holdsFailure(await write([0, 0, 0, 2], outputs))).toBe(true);
    expect(await holdsFailure(await write([0, 0, 0, 0], outputs))).toBe(false);
  });

  it('that is none tells of no failure', async () => {
    expect(await holdsFailure(writeRaw(Buffer.from('no archive')))).toBe(false);
    expect(await holdsFailure(join(bed.makeFolder(), 'missing'))).toBe(false);
  });
});
