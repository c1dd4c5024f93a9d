import { messageOf } from '../errors/message-of.ts';
import { isLarderError, LarderError } from '../errors/larder-error.ts';

/** Wraps what a file system or database threw; errors that are Larder's own stay as they are. */
export function storageFailed(what: string, cause: unknown): LarderError {
  if (isLarderError(cause)) return cause;
  return new LarderError('LARDER_SERVER_STORAGE_FAILED', `${what} failed: ${messageOf(cause)}`, {
    hint: 'Check free space, permissions and health of the disk that holds the data folder.',
    cause,
  });
}

/** Does some work with the storage; whatever it throws becomes `LARDER_SERVER_STORAGE_FAILED`. */
export async function reportingFailure<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFailed(what, error);
  }
}
