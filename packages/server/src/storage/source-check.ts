import { createHash } from 'node:crypto';
import { LarderError } from '../errors/larder-error.ts';

/** Counts and digests the bytes of a source while they are stored. */
export interface SourceCheck {
  /** @throws LarderError `LARDER_SERVER_UPLOAD_LENGTH_WRONG` when that is more than was announced. */
  add(chunk: Uint8Array): void;
  /**
   * The SHA-256 of all that was added, in lower-case hex.
   *
   * @throws LarderError `LARDER_SERVER_UPLOAD_LENGTH_WRONG` when that is less than was announced.
   */
  end(): string;
}

export function createSourceCheck(sizeBytes: number): SourceCheck {
  const hash = createHash('sha256');
  let seenBytes = 0;
  return {
    add(chunk) {
      seenBytes += chunk.byteLength;
      if (seenBytes > sizeBytes) throw lengthWrong('longer', sizeBytes);
      hash.update(chunk);
    },
    end() {
      if (seenBytes < sizeBytes) throw lengthWrong('shorter', sizeBytes);
      return hash.digest('hex');
    },
  };
}

function lengthWrong(how: 'shorter' | 'longer', sizeBytes: number): LarderError {
  return new LarderError(
    'LARDER_SERVER_UPLOAD_LENGTH_WRONG',
    `The body is ${how} than the ${sizeBytes} bytes that Content-Length announced.`,
    { hint: 'Send the whole artifact again.' },
  );
}
