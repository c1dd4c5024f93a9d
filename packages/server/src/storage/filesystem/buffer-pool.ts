/** Enough that reading or writing costs little besides the bytes. */
export const BUFFER_BYTES = 256 * 1024;

/** Kept while nobody needs them: what 8 transfers at once take. */
const MAX_IDLE = 16;

/**
 * Buffers for reading and writing files, to be used again: new ones for each piece of a large file
 * would be garbage faster than it is collected, which costs as much as the transfer itself.
 */
export interface BufferPool {
  /** A buffer of {@link BUFFER_BYTES}, with anything in it. */
  take(): Buffer;
  /** Only for what nobody reads or writes any more. One that is never given back is lost, not leaked. */
  giveBack(buffer: Buffer): void;
}

export function createBufferPool(): BufferPool {
  const idle: Buffer[] = [];
  return {
    take: () => idle.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES),
    giveBack(buffer) {
      if (idle.length < MAX_IDLE) idle.push(buffer);
    },
  };
}
