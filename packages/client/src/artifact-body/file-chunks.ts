import { type FileHandle, open } from 'node:fs/promises';
import { createLengthError } from './length-error.ts';

// Each read is a way to the thread pool and back, which costs more than copying what it reads.
const READ_SIZE_BYTES = 512 * 1024;

/**
 * What the file at `path` holds, in chunks that are good until the next one is asked for: two buffers
 * serve for all of them, one being read into while the other is in use. Memory of its own for each
 * would make V8 collect garbage as often as for an upload of its own size.
 *
 * @throws LarderError `LARDER_BODY_LENGTH_MISMATCH` when that is not `sizeBytes` bytes; the last chunk
 * is not given out before that is known
 */
export async function* readFileChunks(path: string, sizeBytes: number): AsyncGenerator<Buffer> {
  const file = await open(path);
  // With room for one more byte a small file shows in one go that it has ended.
  const bufferSizeBytes = Math.min(READ_SIZE_BYTES, sizeBytes + 1);
  let buffer: Buffer = Buffer.allocUnsafeSlow(bufferSizeBytes);
  let spare: Buffer | null = null;
  let reading = fill(file, buffer);
  try {
    let seenBytes = 0;
    for (;;) {
      const chunk = await reading;
      seenBytes += chunk.byteLength;
      if (chunk.byteLength < bufferSizeBytes) {
        if (seenBytes !== sizeBytes) throw createLengthError(seenBytes, sizeBytes);
        if (chunk.byteLength > 0) yield chunk;
        return;
      }
      [buffer, spare] = [spare ?? Buffer.allocUnsafeSlow(bufferSizeBytes), buffer];
      reading = fill(file, buffer);
      const isComplete = seenBytes >= sizeBytes;
      if (isComplete) seenBytes += (await reading).byteLength;
      if (seenBytes > sizeBytes) throw createLengthError(seenBytes, sizeBytes);
      yield chunk;
      if (isComplete) return;
    }
  } finally {
    await reading.catch(() => undefined);
    await file.close();
  }
}

/** Fills `buffer` from where the file stands; what comes back is shorter only at its end. */
function fill(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  const filled = readFully(file, buffer);
  // Whoever asks for the next chunk is told; nobody may ever do so.
  filled.catch(() => undefined);
  return filled;
}

async function readFully(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  let filledBytes = 0;
  while (filledBytes < buffer.byteLength) {
    const { bytesRead } = await file.read(buffer, filledBytes, buffer.byteLength - filledBytes);
    if (bytesRead === 0) break;
    filledBytes += bytesRead;
  }
  return buffer.subarray(0, filledBytes);
}
