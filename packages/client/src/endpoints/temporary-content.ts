import { type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';

const BUFFER_SIZE_BYTES = 256 * 1024;

/** What an open file holds. The file is closed and removed before the stream says that it is closed. */
export class TemporaryContent extends Readable {
  readonly #file: FileHandle;
  readonly #remove: () => Promise<void>;

  constructor(file: FileHandle, remove: () => Promise<void>) {
    super({ highWaterMark: BUFFER_SIZE_BYTES });
    this.#file = file;
    this.#remove = remove;
  }

  override _read(sizeBytes: number): void {
    const chunk = Buffer.allocUnsafe(sizeBytes);
    this.#file.read(chunk, 0, sizeBytes, null).then(
      ({ bytesRead }) => this.push(bytesRead === 0 ? null : chunk.subarray(0, bytesRead)),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#file
      .close()
      .then(this.#remove)
      .then(
        () => {
          callback(error);
        },
        (failure: unknown) => {
          callback(error ?? (failure as Error));
        },
      );
  }
}
