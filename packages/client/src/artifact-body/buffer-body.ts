import { Readable } from 'node:stream';
import { type ArtifactBody } from '../artifacts-client.ts';

/** The content of `bytes`, which must stay as they are while they are being sent. */
export function bufferBody(bytes: Uint8Array): ArtifactBody {
  return {
    sizeBytes: bytes.byteLength,
    open: () => Readable.from([bytes]),
  };
}
