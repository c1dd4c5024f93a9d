import { messageOf } from '../errors/message-of.ts';
import { isLarderError, LarderError } from '../errors/larder-error.ts';

const DISK_HINT =
  'Check free space, permissions and health of the disk that holds the data folder.';

/** What is to be said of a failure where the storage is not the disk of this machine. */
export interface StorageFailure {
  /** Default: the message of the cause. */
  reason?: string;
  hint?: string;
}

/**
 * Wraps what a file system, a database or another storage threw; errors that are Larder's own stay as
 * they are.
 */
export function storageFailed(
  what: string,
  cause: unknown,
  { reason = messageOf(cause), hint = DISK_HINT }: StorageFailure = {},
): LarderError {
  if (isLarderError(cause)) return cause;
  return new LarderError('LARDER_SERVER_STORAGE_FAILED', `${what} failed: ${reason}`, {
    hint,
    cause,
  });
}

/** Does some work with the storage; whatever it throws becomes `LARDER_SERVER_STORAGE_FAILED`. */
export async function reportingFailure<T>(
  what: string,
  work: () => T | Promise<T>,
  failure?: StorageFailure,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFailed(what, error, failure);
  }
}
