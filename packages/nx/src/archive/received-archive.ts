import { Readable } from 'node:stream';

/** Two chunks as they are sent: while one is unpacked the next is on its way. */
const bufferBytes = 512 * 1024;

/** The archive of a job, as it comes from the other thread, which is asked for each of its parts. */
export class ReceivedArchive extends Readable {
  readonly #askForMore: () => void;

  constructor(askForMore: () => void) {
    super({ highWaterMark: bufferBytes });
    this.#askForMore = askForMore;
  }

  override _read(): void {
    this.#askForMore();
  }
}
