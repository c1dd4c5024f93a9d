import { Transform, type TransformCallback } from 'node:stream';
import { corrupt, tooLarge } from './archive-error.ts';

const blockBytes = 512;
/** An archive ends with two blocks of zeros. */
const endBytes = 2 * blockBytes;

/**
 * Passes a tar stream on and sees what a tar reader does not report: an archive that is too large,
 * that ends early between two entries, or that goes on behind its end.
 */
export class TarGuard extends Transform {
  readonly #maxBytes: number;
  #totalBytes = 0;
  /** Where the zeros begin that the stream ends with. */
  #zerosFrom = 0;
  /** Where the last entry ends. */
  #entriesEnd = 0;

  constructor(maxBytes: number, highWaterMark: number) {
    super({ writableHighWaterMark: highWaterMark, readableHighWaterMark: highWaterMark });
    this.#maxBytes = maxBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let end = chunk.length;
    while (end > 0 && chunk[end - 1] === 0) end -= 1;
    if (end > 0) this.#zerosFrom = this.#totalBytes + end;
    this.#totalBytes += chunk.length;
    if (this.#totalBytes > this.#maxBytes) done(tooLarge(`more than ${this.#maxBytes} bytes`));
    else done(null, chunk);
  }

  /**
   * To be told of every entry.
   * @throws LarderError `LARDER_ARCHIVE_CORRUPT`
   */
  noteEntry(entry: {
    readonly bodyOffset: number;
    readonly bodyBytes: number;
    readonly hasExtendedHeader: boolean;
  }): void {
    const headerOffset = entry.bodyOffset - blockBytes;
    if (headerOffset !== this.#entriesEnd && !entry.hasExtendedHeader) {
      throw corrupt('an entry does not follow the one before it');
    }
    this.#entriesEnd = entry.bodyOffset + Math.ceil(entry.bodyBytes / blockBytes) * blockBytes;
  }

  /**
   * To be called when everything has gone through.
   * @throws LarderError `LARDER_ARCHIVE_CORRUPT`
   */
  checkEnd(): void {
    if (this.#totalBytes < this.#entriesEnd + endBytes || this.#totalBytes % blockBytes !== 0) {
      throw corrupt('its end is missing');
    }
    if (this.#zerosFrom > this.#entriesEnd) throw corrupt('something follows its end');
  }
}
