import { type Readable } from 'node:stream';
import { readFileChunks } from '../artifact-body/file-chunks.ts';
import { createLengthError } from '../artifact-body/length-error.ts';
import { type ArtifactBody } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { SOCKET_BUFFER_BYTES } from './connection-pool.ts';

/**
 * What goes to a connection at once. It is more than a connection buffers, so that the next piece is
 * not asked for before the system has taken this one, and memory can be used again. It is not much
 * more, so that a slow line shows that it is moving.
 */
const PIECE_SIZE_BYTES = 2 * SOCKET_BUFFER_BYTES;

export interface UploadBody {
  /** The content; each request for a chunk means that the one before was accepted. */
  chunks: AsyncIterable<Uint8Array>;
  /** Closes what was opened; may be called at any time and more than once. */
  destroy(): void;
}

interface UploadEvents {
  onProgress: () => void;
  onSent: () => void;
}

/**
 * The content of one attempt, held to its announced size. The last chunk is not given out before
 * it is known to end at that size: a server never gets to see a complete body that is wrong.
 */
export function openUploadBody(body: ArtifactBody, events: UploadEvents): UploadBody {
  let source: Readable | null = null;

  async function* giveOut(): AsyncGenerator<Uint8Array> {
    try {
      const { file, sizeBytes } = body;
      const content =
        file === undefined
          ? holdToSize((source = body.open()), sizeBytes)
          : readFileChunks(file, sizeBytes);
      for await (const chunk of content) {
        for (let start = 0; start < chunk.byteLength; start += PIECE_SIZE_BYTES) {
          yield chunk.subarray(start, start + PIECE_SIZE_BYTES);
          events.onProgress();
        }
      }
      events.onSent();
    } catch (error) {
      if (isLarderError(error)) throw error;
      throw createClientError('LARDER_BODY_UNREADABLE', 'The body to send cannot be read', error);
    }
  }

  const chunks = giveOut();
  return {
    chunks,
    destroy() {
      source?.destroy();
      // Whoever sends may have gone without having said so.
      chunks.return(undefined).catch(() => undefined);
    },
  };
}

async function* holdToSize(source: Readable, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let seenBytes = 0;
  let held: Uint8Array | null = null;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    seenBytes += chunk.byteLength;
    if (seenBytes > sizeBytes) throw createLengthError(seenBytes, sizeBytes);
    if (held !== null) yield held;
    held = chunk;
  }
  if (seenBytes !== sizeBytes) throw createLengthError(seenBytes, sizeBytes);
  if (held !== null) yield held;
}
