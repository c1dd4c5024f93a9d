import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { storageFailed } from '../storage-failed.ts';

/** Large enough that a 100 MB artifact costs hundreds, not thousands, of round trips to the disk. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads exactly `sizeBytes` bytes of a file and closes it. Unlike `fs.createReadStream` it fails
 * when the file turns out shorter, so that nobody takes a truncated body for a whole one.
 */
export class FileReadStream extends Readable {
  readonly #file: FileHandle;
  readonly #sizeBytes: number;
  #position = 0;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(file: FileHandle, options: { sizeBytes: number; signal?: AbortSignal | undefined }) {
    super({
      highWaterMark: CHUNK_BYTES,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    this.#file = file;
    this.#sizeBytes = options.sizeBytes;
  }

  override _read(): void {
    this.#reading = this.#readChunk().then(
      (chunk) => this.push(chunk),
      (error: unknown) => this.destroy(storageFailed('Reading an artifact', error)),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // A descriptor that is closed while it is read from may already belong to another file.
    this.#reading
      .then(() => this.#file.close())
      .then(
        () => {
          callback(error);
        },
        (closeError: unknown) => {
          callback(error ?? storageFailed('Closing an artifact', closeError));
        },
      );
  }

  async #readChunk(): Promise<Buffer | null> {
    const wantedBytes = Math.min(CHUNK_BYTES, this.#sizeBytes - this.#position);
    if (wantedBytes === 0) return null;
    // Not from the shared pool: the chunk lives until a slow client has taken it.
    const buffer = Buffer.allocUnsafeSlow(wantedBytes);
    const { bytesRead } = await this.#file.read(buffer, 0, wantedBytes, this.#position);
    if (bytesRead === 0) {
      throw new Error(`the file ends after ${this.#position} of ${this.#sizeBytes} bytes`);
    }
    this.#position += bytesRead;
    return bytesRead === wantedBytes ? buffer : buffer.subarray(0, bytesRead);
  }
}
