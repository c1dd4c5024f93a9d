import { Writable } from 'node:stream';

const bufferBytes = 256 * 1024;

/** Where what is written to an `ArchiveInput` goes. */
export interface ArchiveReceiver {
  /** Takes a part that it has asked for; the memory is its own from then on. */
  take(bytes: Uint8Array<ArrayBuffer>): void;
  /** The archive is complete. Rejects when it cannot be unpacked. */
  end(): Promise<unknown>;
  /** The archive is not to be had. Resolves when everything about it is gone. */
  giveUp(reason: Error | null): Promise<unknown>;
}

/**
 * Passes an archive on to another thread, in parts as it asks for them. It finishes when the archive
 * is unpacked, and is closed when nothing is going on any more.
 */
export class ArchiveInput extends Writable {
  readonly #receiver: ArchiveReceiver;
  #isWanted = false;
  #send: (() => void) | null = null;

  constructor(receiver: ArchiveReceiver) {
    super({ highWaterMark: bufferBytes });
    this.#receiver = receiver;
    // Whoever writes is told; whoever only waits for the result has it from there.
    this.on('error', () => undefined);
  }

  /** To be called when the receiver asks for the next part. */
  want(): void {
    this.#isWanted = true;
    this.#send?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#passOn([chunk], done);
  }

  override _writev(waiting: { chunk: Buffer }[], done: () => void): void {
    this.#passOn(
      waiting.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    settle(this.#receiver.end(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#send = null;
    settle(this.#receiver.giveUp(error), () => {
      done(error);
    });
  }

  #passOn(chunks: readonly Buffer[], done: () => void): void {
    this.#send = () => {
      this.#isWanted = false;
      this.#send = null;
      this.#receiver.take(join(chunks));
      done();
    };
    if (this.#isWanted) this.#send();
  }
}

/** A copy: buffers often share their memory with others, and memory is handed over as a whole. */
function join(chunks: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function settle(ending: Promise<unknown>, done: (error?: Error | null) => void): void {
  ending.then(
    () => {
      done();
    },
    (error: unknown) => {
      done(error as Error);
    },
  );
}
