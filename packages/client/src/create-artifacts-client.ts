import { type ArtifactsClient } from './artifacts-client.ts';
import { type ArtifactsClientOptions } from './client-options.ts';
import { deleteAllArtifacts } from './endpoints/delete-all-artifacts.ts';
import { type EndpointContext } from './endpoints/endpoint-context.ts';
import { getArtifact } from './endpoints/get-artifact.ts';
import { getArtifactInto } from './endpoints/get-artifact-into.ts';
import { getArtifactToFile } from './endpoints/get-artifact-to-file.ts';
import { getStatus } from './endpoints/get-status.ts';
import { headArtifact } from './endpoints/head-artifact.ts';
import { putArtifact } from './endpoints/put-artifact.ts';
import { createQueryArtifacts } from './endpoints/query-artifacts.ts';
import { recordEvents } from './endpoints/record-events.ts';
import { createOperations } from './operations.ts';
import { resolveOptions } from './resolve-options.ts';
import { nodeRuntime, type Runtime } from './runtime.ts';
import { createTransport } from './transport/transport.ts';

/**
 * Creates a client of one server, team and token. It opens no connection before the first request
 * and keeps no process alive; `close()` ends what is left.
 *
 * @throws LarderError `LARDER_CLIENT_OPTION_INVALID`
 */
export function createArtifactsClient(options: ArtifactsClientOptions): ArtifactsClient {
  return assembleArtifactsClient(options, nodeRuntime);
}

/** {@link createArtifactsClient} with a clock of one's own. */
export function assembleArtifactsClient(
  options: ArtifactsClientOptions,
  runtime: Runtime,
): ArtifactsClient {
  const resolved = resolveOptions(options);
  const transport = createTransport(resolved, runtime);
  const operations = createOperations();
  const { teamId, signatureKey, environment, maxConnections, temporaryDirectory } = resolved;
  const context: EndpointContext = {
    transport,
    operations,
    teamId,
    signatureKey,
    environment,
    maxConnections,
    temporaryDirectory,
  };

  return {
    put: (hash, body, putOptions) => putArtifact(context, { hash, body }, putOptions),
    get: (hash, getOptions) => getArtifact(context, hash, getOptions),
    getToFile: (hash, file, getOptions) => getArtifactToFile(context, { hash, file }, getOptions),
    getInto: (hash, open, getOptions) => getArtifactInto(context, { hash, open }, getOptions),
    head: (hash, headOptions) => headArtifact(context, hash, headOptions),
    query: createQueryArtifacts(context),
    status: (statusOptions) => getStatus(context, statusOptions),
    recordEvents: (sessionId, events, recordOptions) =>
      recordEvents(context, { sessionId, events }, recordOptions),
    deleteAll: (deleteOptions) => deleteAllArtifacts(context, deleteOptions),
    async close() {
      await operations.close();
      await transport.close();
    },
  };
}
