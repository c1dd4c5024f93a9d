import { BUFFER_BYTES, type BufferPool } from './buffer-pool.ts';
import { writeAll } from './descriptor.ts';

/** Room for what is behind the bytes of a small artifact, so that all of it goes out in one write. */
const TRAILER_ALLOWANCE_BYTES = 2_048;

/**
 * Appends to a file in large writes, one of which is under way while bytes for the next are collected.
 * Bytes are copied, so that the piece of memory that they arrived in is free at once: many that wait
 * for the disk would be taken for long-lived by the garbage collector, and cost more than the copy.
 */
export interface FileOutput {
  /** Waits while the disk is behind. Fails when a write before has failed. */
  append(bytes: Uint8Array): Promise<void> | undefined;
  /** Resolves once all is written. */
  end(): Promise<void>;
  /** Waits for the write that is under way, however it ends; the file is not to be closed before. */
  settle(): Promise<void>;
}

export function createFileOutput(
  file: number,
  { sizeBytes, pool }: { sizeBytes: number; pool: BufferPool },
): FileOutput {
  const wholeBytes = sizeBytes + TRAILER_ALLOWANCE_BYTES;
  const isSmall = wholeBytes < BUFFER_BYTES;
  const take = () => (isSmall ? Buffer.allocUnsafe(wholeBytes) : pool.take());
  const giveBack = (buffer: Buffer) => {
    if (!isSmall) pool.giveBack(buffer);
  };
  let filling = take();
  let filledBytes = 0;
  let spare: Buffer | null = null;
  let writing: Promise<void> = Promise.resolve();

  async function flush(): Promise<void> {
    await writing;
    const buffer = filling;
    writing = writeAll(file, buffer.subarray(0, filledBytes)).then(() => {
      spare = buffer;
    });
    // Whoever comes next is told.
    writing.catch(() => undefined);
    filledBytes = 0;
    filling = spare ?? take();
    spare = null;
  }

  async function appendBeyond(bytes: Uint8Array): Promise<void> {
    let left = bytes;
    while (left.byteLength > 0) {
      const part = left.subarray(0, filling.length - filledBytes);
      filling.set(part, filledBytes);
      filledBytes += part.byteLength;
      left = left.subarray(part.byteLength);
      if (filledBytes === filling.length) await flush();
    }
  }

  return {
    append(bytes) {
      if (filledBytes + bytes.byteLength >= filling.length) return appendBeyond(bytes);
      filling.set(bytes, filledBytes);
      filledBytes += bytes.byteLength;
      return undefined;
    },
    async end() {
      if (filledBytes > 0) await flush();
      await writing;
      giveBack(filling);
      if (spare !== null) giveBack(spare);
    },
    async settle() {
      await writing.catch(() => undefined);
    },
  };
}
