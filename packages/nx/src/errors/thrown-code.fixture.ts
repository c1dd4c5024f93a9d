import { isLarderError } from '@larder/client/errors';

/** The code of the `LarderError` that `action` throws. */
export function thrownCode(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isLarderError(error)) return error.code;
    throw error;
  }
  throw new Error('Nothing was thrown');
}
