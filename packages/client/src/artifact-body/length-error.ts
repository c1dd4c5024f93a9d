import { createClientError } from '../errors/client-errors.ts';

/** A body that yields something else than it has announced. */
export function createLengthError(seenBytes: number, sizeBytes: number) {
  const actual = seenBytes > sizeBytes ? `more than ${sizeBytes}` : `only ${seenBytes}`;
  return createClientError(
    'LARDER_BODY_LENGTH_MISMATCH',
    `The body yields ${actual} of ${sizeBytes} announced bytes`,
  );
}
