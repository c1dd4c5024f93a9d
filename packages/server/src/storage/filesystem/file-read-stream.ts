import { Readable } from 'node:stream';
import { storageFailed } from '../storage-failed.ts';
import { BUFFER_BYTES, type BufferPool } from './buffer-pool.ts';
import { closeFile, readInto } from './descriptor.ts';

export interface FileReadStreamOptions {
  sizeBytes: number;
  signal?: AbortSignal | undefined;
  pool: BufferPool;
}

/** A buffer and what its bytes are waited for: that the destination has taken them. */
interface Lane {
  buffer: Buffer;
  taken: Promise<void>;
}

/**
 * Reads exactly `sizeBytes` bytes of a file and closes it. Unlike `fs.createReadStream` it fails
 * when the file turns out shorter, so that nobody takes a truncated body for a whole one.
 */
export class FileReadStream extends Readable {
  readonly #file: number;
  readonly #sizeBytes: number;
  readonly #pool: BufferPool;
  #position = 0;
  #reading: Promise<unknown> = Promise.resolve();

  /** @param file - A descriptor, which is the stream's to close. */
  constructor(file: number, { sizeBytes, signal, pool }: FileReadStreamOptions) {
    super({ highWaterMark: BUFFER_BYTES, ...(signal === undefined ? {} : { signal }) });
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    this.#pool = pool;
  }

  /**
   * Hands the bytes on as every pipe does, but in two buffers that are used again and again: one is
   * read into while the other is taken.
   */
  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    this.#sendAll(destination).then(
      () => {
        // Ending what is cut off would make it the turn of the next answer on the connection.
        if (this.destroyed) return;
        destination.end();
        this.push(null);
        this.resume();
      },
      (error: unknown) => this.destroy(storageFailed('Reading an artifact', error)),
    );
    return destination;
  }

  override _read(): void {
    const wantedBytes = this.#nextBytes();
    if (wantedBytes === 0) {
      this.push(null);
      return;
    }
    // Whoever reads keeps the chunk for as long as it likes.
    this.#readChunk(Buffer.allocUnsafeSlow(wantedBytes)).then(
      (chunk) => this.push(chunk),
      (error: unknown) => this.destroy(storageFailed('Reading an artifact', error)),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // A descriptor that is closed while it is read from may already belong to another file.
    this.#reading
      .catch(() => undefined)
      .then(() => closeFile(this.#file))
      .then(
        () => {
          callback(error);
        },
        (closeError: unknown) => {
          callback(error ?? storageFailed('Closing an artifact', closeError));
        },
      );
  }

  async #sendAll(destination: NodeJS.WritableStream): Promise<void> {
    const lanes = [this.#createLane(), this.#createLane()] as const;
    for (let turn = 0; this.#nextBytes() > 0; turn += 1) {
      const lane = lanes[turn % 2 === 0 ? 0 : 1];
      await lane.taken;
      // The destination is gone, or whoever reads has had enough.
      if (this.destroyed) return;
      const chunk = await this.#readChunk(lane.buffer.subarray(0, this.#nextBytes()));
      lane.taken = new Promise((resolve) => {
        destination.write(chunk, () => {
          resolve();
        });
      });
    }
    for (const { buffer, taken } of lanes) {
      void taken.then(() => {
        this.#pool.giveBack(buffer);
      });
    }
  }

  #createLane(): Lane {
    return { buffer: this.#pool.take(), taken: Promise.resolve() };
  }

  #nextBytes(): number {
    return Math.min(BUFFER_BYTES, this.#sizeBytes - this.#position);
  }

  async #readChunk(buffer: Buffer): Promise<Buffer> {
    const reading = readInto(this.#file, buffer, this.#position);
    this.#reading = reading;
    const bytesRead = await reading;
    if (bytesRead === 0) {
      throw new Error(`the file ends after ${this.#position} of ${this.#sizeBytes} bytes`);
    }
    this.#position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }
}
