import { destination, pino, type Logger } from 'pino';
import type { LogLevel } from '../options/server-options.ts';

const STANDARD_ERROR = 2;

/** Lines beyond this are dropped: a reader that stopped reading must not cost memory. */
const MAX_BUFFERED_BYTES = 1024 ** 2;

const CLOSE_TIMEOUT_MS = 1_000;

/** Where the server writes what it does. */
export interface Log {
  logger: Logger;
  /** Waits until everything is written, for a moment at most. */
  close(): Promise<void>;
}

/**
 * Creates a log on standard error. It never blocks: whoever started this server with a pipe and
 * does not read it would otherwise stop it once the pipe is full.
 */
export function createLog(level: LogLevel): Log {
  const stream = destination({
    dest: STANDARD_ERROR,
    sync: false,
    maxLength: MAX_BUFFERED_BYTES,
  });
  return {
    logger: pino({ level }, stream),
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
        stream.flush(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
