import { Transform, type TransformCallback } from 'node:stream';

/**
 * Joins small chunks to large ones. A compressor's cost per call outweighs that of a copy by far,
 * and a tar stream of small files consists of chunks of a few hundred bytes.
 */
export class ChunkCoalescer extends Transform {
  /** Bytes that have gone through. */
  totalBytes = 0;

  readonly #chunkBytes: number;
  #buffer: Buffer;
  #filled = 0;

  constructor(chunkBytes: number) {
    super({ writableHighWaterMark: chunkBytes, readableHighWaterMark: chunkBytes });
    this.#chunkBytes = chunkBytes;
    this.#buffer = Buffer.allocUnsafeSlow(chunkBytes);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.totalBytes += chunk.length;
    let offset = 0;
    while (offset < chunk.length) {
      const copied = chunk.copy(this.#buffer, this.#filled, offset);
      offset += copied;
      this.#filled += copied;
      if (this.#filled === this.#chunkBytes) {
        this.push(this.#buffer);
        this.#buffer = Buffer.allocUnsafeSlow(this.#chunkBytes);
        this.#filled = 0;
      }
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    this.push(this.#buffer.subarray(0, this.#filled));
    done();
  }
}
