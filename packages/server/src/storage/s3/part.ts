import { createHash } from 'node:crypto';
import type { PartBuffer } from './part-buffers.ts';

/** Bytes that go to the bucket in one request, as often as it takes. */
export interface Part {
  /**
   * Copies bytes, so that the memory that they arrived in is free at once.
   *
   * @returns those that there is no room for.
   */
  append(bytes: Uint8Array): Uint8Array;
  isFull(): boolean;
  /** For the request. Nothing can be appended any more. */
  content(): PartContent;
  /** Gives the memory back, which nobody may be using any more. */
  giveBack(): void;
}

/** The bucket refuses bytes that do not have the digest. */
export interface PartContent {
  Body: Buffer;
  ContentLength: number;
  ContentMD5: string;
}

export function createPart(buffer: PartBuffer): Part {
  const md5 = createHash('md5');
  let filledBytes = 0;
  return {
    append(bytes) {
      const fitting = bytes.subarray(0, buffer.bytes.length - filledBytes);
      buffer.bytes.set(fitting, filledBytes);
      filledBytes += fitting.byteLength;
      md5.update(fitting);
      return bytes.subarray(fitting.byteLength);
    },
    isFull: () => filledBytes === buffer.bytes.length,
    content: () => ({
      Body: buffer.bytes.subarray(0, filledBytes),
      ContentLength: filledBytes,
      ContentMD5: md5.digest('base64'),
    }),
    giveBack: () => {
      buffer.giveBack();
    },
  };
}
