import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from '../../vendor/tar-stream/index.js';

const chunkBytes = 256 * 1024;
const codeBytes = 4;

/**
 * Nx writes the headers of its own entries in the oldest format of tar, which bears no mark.
 * (The types of tar-stream do not know the option.)
 */
const anyFormat: object = { allowUnknownFormat: true };

/**
 * Whether an archive that Nx made for its own cache protocol, a tar.gz, is that of a task that
 * failed: its entry `code` holds the exit code. An archive that makes no sense tells of no failure.
 */
export async function holdsFailure(file: string): Promise<boolean> {
  const entries = extract(anyFormat);
  let isFailure = false;
  entries.on('entry', ({ name, size }, content, next) => {
    content.on('end', next);
    if (name !== 'code' || size !== codeBytes) {
      content.resume();
      return;
    }
    const code = new Writable({
      write(chunk: Buffer, _encoding, done) {
        isFailure ||= chunk.some((byte) => byte !== 0);
        done();
      },
    });
    content.pipe(code);
  });
  try {
    const source = createReadStream(file, { highWaterMark: chunkBytes });
    await pipeline(source, createGunzip({ chunkSize: chunkBytes }), entries);
  } catch {
    return false;
  }
  return isFailure;
}
