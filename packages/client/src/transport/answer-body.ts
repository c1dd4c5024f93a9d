import { Readable } from 'node:stream';

// With node's 16 KiB every single chunk from the network would stop the transfer for a moment.
const BUFFER_SIZE_BYTES = 256 * 1024;

/** The content of an answer: what arrives is pushed in, and who reads it decides the pace. */
export class AnswerBody extends Readable {
  readonly #onDemand: () => void;
  readonly #onDestroyed: (error: Error | null) => void;

  constructor(events: { onDemand: () => void; onDestroyed: (error: Error | null) => void }) {
    super({ highWaterMark: BUFFER_SIZE_BYTES });
    this.#onDemand = events.onDemand;
    this.#onDestroyed = events.onDestroyed;
    // The content can break off before its reader has had the time to attach, which would end the
    // process; a reader that comes later is still told.
    this.on('error', () => undefined);
  }

  override _read(): void {
    this.#onDemand();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#onDestroyed(error);
    callback(error);
  }
}
