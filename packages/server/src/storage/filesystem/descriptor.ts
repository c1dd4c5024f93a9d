// Files by their bare descriptors: the handles of `fs/promises` cost a request several times as much.
import { close, fdatasync, fstat, open, read, write } from 'node:fs';
import { promisify } from 'node:util';

const statFile = promisify(fstat);

export const openFile: (path: string, flags: string, mode?: number) => Promise<number> =
  promisify(open);
export const closeFile: (file: number) => Promise<void> = promisify(close);
export const syncData: (file: number) => Promise<void> = promisify(fdatasync);

export async function readFileSize(file: number): Promise<number> {
  return (await statFile(file)).size;
}

/** Less than asked for only where the file ends. */
export async function readAt(file: number, position: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let filledBytes = 0;
  while (filledBytes < sizeBytes) {
    const bytesRead = await readInto(file, bytes.subarray(filledBytes), position + filledBytes);
    if (bytesRead === 0) break;
    filledBytes += bytesRead;
  }
  return bytes.subarray(0, filledBytes);
}

/** @returns how many bytes; 0 only where the file ends. */
export function readInto(file: number, bytes: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, bytes, 0, bytes.length, position, (error, bytesRead) => {
      if (error === null) resolve(bytesRead);
      else reject(error);
    });
  });
}

/** Writes behind what was written before. */
export async function writeAll(file: number, bytes: Uint8Array): Promise<void> {
  let left = bytes;
  while (left.byteLength > 0) left = left.subarray(await writeSome(file, left));
}

function writeSome(file: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(file, bytes, (error, bytesWritten) => {
      if (error === null) resolve(bytesWritten);
      else reject(error);
    });
  });
}
