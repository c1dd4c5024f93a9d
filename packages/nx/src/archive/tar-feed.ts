import { once } from 'node:events';
import type { Header, Pack } from '../../vendor/tar-stream/index.js';

export type EntryHeader = Partial<Header> & Pick<Header, 'name'>;

/** Contents up to this size go into the tar stream as a whole: a stream for each costs most. */
export const maxWholeBytes = 256 * 1024;

/** What may wait inside the tar stream: little enough for memory, enough to seldom wait for it. */
const batchBytes = 1024 ** 2;
const maxBatchEntries = 256;

/**
 * Hands entries to a tar stream in batches, and waits for its reader between them.
 * The contents of a batch share one buffer, which costs less than one for each file.
 */
export class TarFeed {
  readonly #tar: Pack;
  #buffer = Buffer.allocUnsafeSlow(batchBytes);
  #used = 0;
  #entries = 0;

  constructor(tar: Pack) {
    this.#tar = tar;
  }

  /**
   * Adds an entry. `fill` writes the content into the buffer that it is given, which is at least
   * one byte larger than `maxWholeBytes`, and returns its length; without it there is no content.
   */
  async add(header: EntryHeader, fill: ((buffer: Buffer) => number) | null): Promise<void> {
    const content = fill && this.#take(fill);
    this.#entries += 1;
    const isFull =
      this.#entries >= maxBatchEntries || this.#buffer.length - this.#used <= maxWholeBytes;
    if (!isFull) {
      this.#enter(header, content, ignore);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#enter(header, content, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    // The reader may not have copied everything yet: the old buffer is left to it.
    this.#buffer = Buffer.allocUnsafeSlow(batchBytes);
    this.#used = 0;
    this.#entries = 0;
  }

  /** Adds an entry whose content, of the length that the header tells, comes in chunks. */
  async addChunks(header: EntryHeader, chunks: Iterable<Buffer>): Promise<void> {
    const sink = this.#tar.entry(header);
    sink.on('error', ignore);
    for (const chunk of chunks) {
      if (!sink.write(chunk)) await once(sink, 'drain');
    }
    sink.end(null);
    await once(sink, 'finish');
  }

  #take(fill: (buffer: Buffer) => number): Buffer {
    const free = this.#buffer.subarray(this.#used);
    const length = fill(free);
    this.#used += length;
    return free.subarray(0, length);
  }

  #enter(header: EntryHeader, content: Buffer | null, done: (error?: Error | null) => void): void {
    const sink =
      content === null ? this.#tar.entry(header, done) : this.#tar.entry(header, content, done);
    sink.on('error', ignore);
  }
}

function ignore(): void {
  // The tar stream fails together with its entries, and is where the error is looked at.
}
