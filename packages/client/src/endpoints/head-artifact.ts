import { type ArtifactMetadata, type RequestOptions } from '../artifacts-client.ts';
import { type Operation } from '../operations.ts';
import { discard } from '../transport/http-answer.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { readArtifact } from './read-artifact.ts';

export function headArtifact(
  context: EndpointContext,
  hash: string,
  options: RequestOptions = {},
): Promise<ArtifactMetadata | null> {
  return context.operations.run(options.signal, (operation) =>
    requestMetadata(context, operation, { hash, options }),
  );
}

/** {@link headArtifact} as a part of a larger operation. */
export function requestMetadata(
  context: EndpointContext,
  operation: Operation,
  { hash, options }: { hash: string; options: RequestOptions },
): Promise<ArtifactMetadata | null> {
  return readArtifact(context, operation, {
    method: 'HEAD',
    hash,
    options,
    async onHit(answer, metadata) {
      await discard(answer.body);
      return metadata;
    },
  });
}
