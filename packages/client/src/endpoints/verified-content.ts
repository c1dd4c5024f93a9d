import { Transform, type TransformCallback } from 'node:stream';
import { type ArtifactMetadata } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import { type ArtifactTagVerifier } from '../signature/verify-artifact-tag.ts';

const BUFFER_SIZE_BYTES = 256 * 1024;

/**
 * Passes the content of a hit on. It ends only when the length is the announced one and `verifier`
 * is content; otherwise it is destroyed with a LarderError.
 */
export class VerifiedContent extends Transform {
  readonly #hash: string;
  readonly #expectedBytes: number | null;
  readonly #verifier: ArtifactTagVerifier | null;
  #seenBytes = 0;

  constructor(options: {
    hash: string;
    metadata: ArtifactMetadata;
    /** null: the tag is verified by somebody else. */
    verifier: ArtifactTagVerifier | null;
  }) {
    super({ highWaterMark: BUFFER_SIZE_BYTES });
    this.#hash = options.hash;
    this.#expectedBytes = options.metadata.sizeBytes;
    this.#verifier = options.verifier;
  }

  get seenBytes(): number {
    return this.#seenBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#seenBytes += chunk.byteLength;
    this.#verifier?.update(chunk);
    callback(null, chunk);
  }

  override _flush(callback: TransformCallback): void {
    try {
      this.#assertLength();
      this.#verifier?.verify();
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }

  #assertLength(): void {
    if (this.#expectedBytes === null || this.#seenBytes === this.#expectedBytes) return;
    throw createClientError(
      'LARDER_DOWNLOAD_LENGTH_MISMATCH',
      `The content of ${this.#hash} is ${this.#seenBytes} bytes long, ${this.#expectedBytes} were announced`,
    );
  }
}
