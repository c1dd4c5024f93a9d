import { type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { type ContentCheck } from './content-check.ts';

// What arrives comes in pieces of 64 KiB at most. A write for each of them costs more than the
// writing itself: each is a way to the thread pool and back.
const WRITE_SIZE_BYTES = 512 * 1024;

/** How much may arrive while something is being written. */
const BUFFER_SIZE_BYTES = 256 * 1024;

/**
 * Writes the content of a hit to an open file, which stays open. It finishes only when all of it is
 * written and `check` is content; otherwise it is destroyed with what was wrong.
 */
export class ContentFile extends Writable {
  readonly #file: FileHandle;
  readonly #check: ContentCheck;
  #chunks: Buffer[] = [];
  #chunksSizeBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, check: ContentCheck) {
    super({ highWaterMark: BUFFER_SIZE_BYTES });
    this.#file = file;
    this.#check = check;
  }

  /** Resolves when nothing is being written any more, also after it was destroyed. */
  whenIdle(): Promise<void> {
    return this.#writing;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error) => void) {
    this.#check.update(chunk);
    this.#chunks.push(chunk);
    this.#chunksSizeBytes += chunk.byteLength;
    if (this.#chunksSizeBytes < WRITE_SIZE_BYTES) callback();
    else this.#flush(callback);
  }

  override _final(callback: (error?: Error) => void): void {
    this.#flush((error) => {
      if (error !== undefined) {
        callback(error);
        return;
      }
      try {
        this.#check.finish();
        callback();
      } catch (failure) {
        callback(failure as Error);
      }
    });
  }

  #flush(callback: (error?: Error) => void): void {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunksSizeBytes = 0;
    this.#writing = writeAll(this.#file, chunks).then(
      () => {
        callback();
      },
      (error: unknown) => {
        callback(error as Error);
      },
    );
  }
}

/** A system need not take all of what it is given at once. */
async function writeAll(file: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  if (chunks.length === 0) return;
  const { bytesWritten } = await file.writev(chunks);
  const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (bytesWritten < sizeBytes) await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}
