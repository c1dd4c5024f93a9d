import { isLarderError, LarderError } from '@larder/client/errors';

/** Runs a generator. Nx shows the message of what it throws and nothing else, so that tells it all. */
export function withHint<Result>(generate: () => Result): Result {
  try {
    return generate();
  } catch (error) {
    if (!isLarderError(error)) throw error;
    const { code, message, hint } = error;
    throw new LarderError({ code, message: `${message}. ${hint} (${code})`, hint, cause: error });
  }
}
