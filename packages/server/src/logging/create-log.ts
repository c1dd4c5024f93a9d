import { destination, pino, type LoggerOptions, type Logger } from 'pino';
import type { LogLevel } from '../options/server-options.ts';
import { createRecentTrouble, type RecentTrouble } from './recent-trouble.ts';

const STANDARD_ERROR = 2;

/** Lines beyond this are dropped: a reader that stopped reading must not cost memory. */
const MAX_BUFFERED_BYTES = 1024 ** 2;

const CLOSE_TIMEOUT_MS = 1_000;

/** Pino's numbers. */
const LEVELS = { warn: 40, error: 50 } as const;

/** Where the server writes what it does. */
export interface Log {
  logger: Logger;
  /** The warnings and errors among its lines; those that the level leaves out are not among them. */
  trouble: Pick<RecentTrouble, 'list'>;
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
  const trouble = createRecentTrouble();
  return {
    logger: pino({ level, hooks: { logMethod: noteTrouble(trouble) } }, stream),
    trouble,
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

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;

/** Passes lines on as they are. */
function noteTrouble(trouble: RecentTrouble): LogMethod {
  return function (args, method, level) {
    if (level >= LEVELS.warn) {
      const [first, second] = args as readonly unknown[];
      const message = typeof first === 'string' ? first : String(second);
      const { err } = (typeof first === 'object' ? first : {}) as { err?: unknown };
      trouble.note(level >= LEVELS.error ? 'error' : 'warn', message, err);
    }
    method.apply(this, args);
  };
}
