import { createClientError } from '../errors/client-errors.ts';

export const DEFAULT_READ_RETRIES = 2;
/** An upload runs in the background, where nobody waits for it. */
export const DEFAULT_WRITE_RETRIES = 4;

/** Throws `LARDER_REQUEST_OPTION_INVALID`. */
export function resolveRetries(retries: number | undefined, fallback: number): number {
  const count = retries ?? fallback;
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw createClientError(
    'LARDER_REQUEST_OPTION_INVALID',
    `The retries ${count} are not a whole number from zero up`,
  );
}
