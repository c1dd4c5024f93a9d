import { type ArtifactMetadata } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import {
  type ArtifactTagVerifier,
  createArtifactTagVerifier,
} from '../signature/verify-artifact-tag.ts';
import { type EndpointContext } from './endpoint-context.ts';

/** Checks the content of a hit that passes by, chunk by chunk. */
export interface ContentCheck {
  readonly seenBytes: number;
  update(chunk: Uint8Array): void;
  /** Call it once, at the end: throws a LarderError unless length and tag are right. */
  finish(): void;
}

export function createContentCheck(options: {
  hash: string;
  metadata: ArtifactMetadata;
  /** null: the tag is verified by somebody else. */
  verifier: ArtifactTagVerifier | null;
}): ContentCheck {
  const { hash, metadata, verifier } = options;
  let seenBytes = 0;
  return {
    get seenBytes() {
      return seenBytes;
    },
    update(chunk) {
      seenBytes += chunk.byteLength;
      verifier?.update(chunk);
    },
    finish() {
      if (metadata.sizeBytes !== null && metadata.sizeBytes !== seenBytes) {
        throw createClientError(
          'LARDER_DOWNLOAD_LENGTH_MISMATCH',
          `The content of ${hash} is ${seenBytes} bytes long, ${metadata.sizeBytes} were announced`,
        );
      }
      verifier?.verify();
    },
  };
}

/** Checks length and tag. The length must have been announced where the artifact has to be signed. */
export function checkContentOf(
  { teamId, signatureKey }: Pick<EndpointContext, 'teamId' | 'signatureKey'>,
  { hash, metadata }: { hash: string; metadata: ArtifactMetadata },
): ContentCheck {
  const { tag, sizeBytes } = metadata;
  const scope = { hash, sizeBytes: sizeBytes ?? 0, teamId, signatureKey };
  const verifier = createArtifactTagVerifier(tag, scope);
  return createContentCheck({ hash, metadata, verifier });
}
