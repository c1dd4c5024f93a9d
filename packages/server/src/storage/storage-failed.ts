import { messageOf } from '../errors/message-of.ts';
import { isLarderError, LarderError } from '../errors/larder-error.ts';

const DISK_HINT =
  'Check free space, permissions and health of the disk that holds the data folder.';

/**
 * Wraps what a file system or database threw; errors that are Larder's own stay as they are.
 *
 * @param hint what to do about it, where that is not the disk's matter
 */
export function storageFailed(what: string, cause: unknown, hint: string = DISK_HINT): LarderError {
  if (isLarderError(cause)) return cause;
  return new LarderError('LARDER_SERVER_STORAGE_FAILED', `${what} failed: ${messageOf(cause)}`, {
    hint,
    cause,
  });
}

/** Does some work with the storage; whatever it throws becomes `LARDER_SERVER_STORAGE_FAILED`. */
export async function reportingFailure<T>(
  what: string,
  work: () => T | Promise<T>,
  hint?: string,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFailed(what, error, hint);
  }
}
