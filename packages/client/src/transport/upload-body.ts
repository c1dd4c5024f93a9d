import { type Readable } from 'node:stream';
import { type ArtifactBody } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import { isLarderError } from '../errors/larder-error.ts';

export interface UploadBody {
  /** The content; each request for a chunk means that the one before was accepted. */
  chunks: AsyncIterable<Uint8Array>;
  /** Closes what was opened; may be called at any time and more than once. */
  destroy(): void;
}

/**
 * The content of one attempt, held to its announced size. The last chunk is not given out before
 * the stream has ended at that size: a server never gets to see a complete body that is wrong.
 */
export function openUploadBody(
  body: ArtifactBody,
  events: { onProgress: () => void; onSent: () => void },
): UploadBody {
  let source: Readable | null = null;

  async function* readChunks(): AsyncGenerator<Uint8Array> {
    let seenBytes = 0;
    let held: Uint8Array | null = null;
    source = body.open();
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      seenBytes += chunk.byteLength;
      if (seenBytes > body.sizeBytes) throw createLengthError(`more than ${body.sizeBytes}`);
      if (held !== null) {
        yield held;
        events.onProgress();
      }
      held = chunk;
    }
    if (seenBytes !== body.sizeBytes) throw createLengthError(`only ${seenBytes}`);
    if (held !== null) yield held;
    events.onSent();
  }

  function createLengthError(actual: string) {
    return createClientError(
      'LARDER_BODY_LENGTH_MISMATCH',
      `The body yields ${actual} of ${body.sizeBytes} announced bytes`,
    );
  }

  return {
    chunks: wrapForeignErrors(readChunks()),
    destroy: () => source?.destroy(),
  };
}

async function* wrapForeignErrors(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    if (isLarderError(error)) throw error;
    throw createClientError('LARDER_BODY_UNREADABLE', 'The body to send cannot be read', error);
  }
}
