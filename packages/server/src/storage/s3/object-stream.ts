import { Readable } from 'node:stream';

/** What a connection may have sent before whoever reads has asked for more. */
const HIGH_WATER_MARK = 128 * 1024;

/** How often a download goes on where it broke off, one time after the other with little in between. */
const MAX_RESUMPTIONS = 5;

/** A connection that has brought as much as this was a good one. */
const LITTLE_BYTES = 1024 ** 2;

export interface ObjectStreamOptions {
  /** Of the object. */
  sizeBytes: number;
  /** How long more of it is waited for. */
  idleTimeoutMs: number;
  /** Asks for the object again, from a position on. */
  reopen: (position: number, signal: AbortSignal) => Promise<Readable>;
  /** What whoever reads is told when it cannot go on. */
  failed: (cause: unknown) => Error;
  signal?: AbortSignal | undefined;
}

/**
 * Reads exactly `sizeBytes` bytes of an object. When a connection breaks, or nothing comes over it any
 * more, it goes on with another where the first one stopped.
 */
export class ObjectStream extends Readable {
  readonly #options: ObjectStreamOptions;
  readonly #closing = new AbortController();
  readonly #idleTimer: NodeJS.Timeout;
  #body: Readable | null = null;
  #position = 0;
  #resumptions = 0;
  #resumedAt = 0;
  #isWanted = false;

  /** @param body - All of the object, as it comes over the first connection. */
  constructor(body: Readable, options: ObjectStreamOptions) {
    const { signal, idleTimeoutMs } = options;
    super({ highWaterMark: HIGH_WATER_MARK, ...(signal === undefined ? {} : { signal }) });
    this.#options = options;
    this.#idleTimer = setTimeout(() => {
      if (this.#isWanted && this.#body !== null) {
        this.#onBroken(new Error(`nothing came for ${idleTimeoutMs} ms`));
      }
    }, idleTimeoutMs);
    this.#listenTo(body);
  }

  override _read(): void {
    this.#isWanted = true;
    this.#idleTimer.refresh();
    this.#body?.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#idleTimer);
    this.#closing.abort();
    this.#dropBody();
    callback(error);
  }

  #listenTo(body: Readable): void {
    this.#body = body;
    body.on('data', this.#onData).on('end', this.#onEnd);
    body.on('error', this.#onBroken).on('close', this.#onClose);
    if (!this.#isWanted) body.pause();
  }

  /** A connection whose answer has been read to its end is used again; any other one is ended. */
  #dropBody(): void {
    const body = this.#body;
    this.#body = null;
    if (body === null) return;
    body.off('data', this.#onData).off('end', this.#onEnd);
    body.off('error', this.#onBroken).off('close', this.#onClose);
    body.on('error', () => undefined);
    if (!body.readableEnded) body.destroy();
  }

  readonly #onData = (piece: Buffer): void => {
    this.#position += piece.length;
    this.#idleTimer.refresh();
    if (this.push(piece)) return;
    this.#isWanted = false;
    this.#body?.pause();
  };

  readonly #onEnd = (): void => {
    if (this.#position === this.#options.sizeBytes) this.push(null);
    else this.#onClose();
  };

  readonly #onClose = (): void => {
    if (this.#body?.readableEnded !== true || this.#position !== this.#options.sizeBytes) {
      this.#onBroken(new Error('the connection ended'));
    }
  };

  readonly #onBroken = (cause: Error): void => {
    this.#dropBody();
    void this.#goOn(cause);
  };

  /** Never fails: whoever reads is told. */
  async #goOn(cause: Error): Promise<void> {
    const { sizeBytes, reopen, failed } = this.#options;
    if (this.#position - this.#resumedAt >= LITTLE_BYTES) this.#resumptions = 0;
    if (this.#position === sizeBytes) {
      this.push(null);
      return;
    }
    if (this.#position > sizeBytes || this.#resumptions === MAX_RESUMPTIONS) {
      const brokeOffAt = `the download broke off after ${this.#position} of ${sizeBytes} bytes`;
      this.destroy(failed(new Error(`${brokeOffAt}: ${cause.message}`, { cause })));
      return;
    }
    this.#resumptions += 1;
    this.#resumedAt = this.#position;
    try {
      const body = await reopen(this.#position, this.#closing.signal);
      if (this.destroyed) body.destroy();
      else this.#listenTo(body);
    } catch (error) {
      this.destroy(failed(error));
      return;
    }
    if (!this.destroyed) this._read();
  }
}
