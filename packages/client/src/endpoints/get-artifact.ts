import { pipeline } from 'node:stream';
import { type Artifact, type ArtifactMetadata, type RequestOptions } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import {
  type ArtifactTagVerifier,
  createArtifactTagVerifier,
} from '../signature/verify-artifact-tag.ts';
import { assertPlainContent } from './artifact-headers.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { readArtifact } from './read-artifact.ts';
import { VerifiedContent } from './verified-content.ts';

export function getArtifact(
  context: EndpointContext,
  hash: string,
  options: RequestOptions = {},
): Promise<Artifact | null> {
  return context.operations.run(options.signal, (operation) =>
    readArtifact(context, operation, {
      method: 'GET',
      hash,
      options,
      onHit(answer, metadata) {
        assertPlainContent(answer);
        const verifier = createVerifier(context, hash, metadata);
        const body = new VerifiedContent({ hash, metadata, verifier });
        // It can break off before its reader has had the time to attach, which would end the
        // process; a reader that comes later is still told.
        body.on('error', () => undefined);
        pipeline(answer.body, body, () => undefined);
        operation.lastUntilClosed(body);
        return Promise.resolve({ metadata, body });
      },
    }),
  );
}

function createVerifier(
  { teamId, signatureKey }: EndpointContext,
  hash: string,
  { tag, sizeBytes }: ArtifactMetadata,
): ArtifactTagVerifier {
  if (signatureKey !== undefined && sizeBytes === null) {
    // A signature starts with the length, which is then known only when the content has passed.
    throw createClientError(
      'LARDER_SIGNATURE_UNVERIFIABLE',
      `The signature of ${hash} cannot be verified on the way, because its length is not announced`,
    );
  }
  return createArtifactTagVerifier(tag, { hash, sizeBytes: sizeBytes ?? 0, teamId, signatureKey });
}
