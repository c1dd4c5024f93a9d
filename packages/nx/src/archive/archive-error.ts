import { isLarderError, type LarderError } from '@larder/client/errors';
import { pluginError } from '../errors/plugin-error.ts';

/** The error of an archive that goes beyond one of the limits. */
export function tooLarge(what: string): LarderError {
  return pluginError('LARDER_ARCHIVE_TOO_LARGE', `The archive has ${what}`, {
    hint: 'Narrow the "outputs" of the task, or turn its caching off.',
  });
}

/** @param maxTextBytes - More than that would have to be in memory. */
export function tooMuchText(maxTextBytes: number): LarderError {
  return tooLarge(`more than ${maxTextBytes} bytes of terminal output`);
}

/** The error of a file or folder that is no longer what it was when packing began. */
export function sourceChanged(path: string): LarderError {
  return pluginError(
    'LARDER_ARCHIVE_SOURCE_CHANGED',
    `${JSON.stringify(path)} changed before it was packed`,
    { hint: 'Make sure that nothing touches the cache entry or the "outputs" of a finished task.' },
  );
}

/** The error of an entry that would take the place of another one. */
export function entryConflict(path: string): LarderError {
  return pluginError(
    'LARDER_ARCHIVE_CONFLICT',
    `The archive holds ${JSON.stringify(path)} where another of its entries already is`,
    { hint: 'Set LARDER_SIGNATURE_KEY if anyone but Larder can write to the cache server.' },
  );
}

export function corrupt(what: string, cause?: unknown): LarderError {
  return pluginError('LARDER_ARCHIVE_CORRUPT', `The archive is broken: ${what}`, {
    hint: 'Set LARDER_SIGNATURE_KEY if anyone but Larder can write to the cache server.',
    cause,
  });
}

/** Leaves Larder's own errors alone; everything else is trouble with the file system. */
export function asArchiveError(error: unknown, attempt: string): LarderError {
  if (isLarderError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return pluginError('LARDER_ARCHIVE_IO', `Cannot ${attempt}: ${reason}`, {
    hint: 'Check the free space and the permissions of the workspace and of the data directory.',
    cause: error,
  });
}

/**
 * Whether a call of the operating system failed, as opposed to what it was given being wrong. Looks
 * at the shape: Node's own errors are no `instanceof Error` in another realm.
 */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}
