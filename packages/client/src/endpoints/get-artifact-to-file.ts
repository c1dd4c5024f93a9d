import { type ArtifactMetadata, type GetToFileOptions } from '../artifacts-client.ts';
import { downloadArtifact } from './download-artifact.ts';
import { type EndpointContext } from './endpoint-context.ts';

export function getArtifactToFile(
  context: EndpointContext,
  { hash, file }: { hash: string; file: string },
  options: GetToFileOptions = {},
): Promise<ArtifactMetadata | null> {
  return context.operations.run(options.signal, (operation) =>
    downloadArtifact(context, operation, { hash, file, options }),
  );
}
