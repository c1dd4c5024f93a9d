import { type ArtifactMetadata, type RequestOptions } from '../artifacts-client.ts';
import { discard } from '../transport/http-answer.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { readArtifact } from './read-artifact.ts';

export function headArtifact(
  context: EndpointContext,
  hash: string,
  options: RequestOptions = {},
): Promise<ArtifactMetadata | null> {
  return context.operations.run(options.signal, (operation) =>
    readArtifact(context, operation, {
      method: 'HEAD',
      hash,
      options,
      async onHit(answer, metadata) {
        await discard(answer.body);
        return metadata;
      },
    }),
  );
}
