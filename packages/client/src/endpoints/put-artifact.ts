import { type Readable } from 'node:stream';
import { readFileChunks } from '../artifact-body/file-chunks.ts';
import { type ArtifactBody, type PutOptions } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { createArtifactTagger } from '../signature/create-artifact-tag.ts';
import { discard } from '../transport/http-answer.ts';
import { artifactPath } from './artifact-hash.ts';
import { metadataHeaders, senderHeaders } from './artifact-headers.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { DEFAULT_WRITE_RETRIES, resolveRetries } from './retries.ts';

export function putArtifact(
  context: EndpointContext,
  { hash, body }: { hash: string; body: ArtifactBody },
  options: PutOptions = {},
): Promise<void> {
  return context.operations.run(options.signal, async ({ signal }) => {
    const path = artifactPath(hash);
    assertSize(body.sizeBytes);
    const headers = metadataHeaders(options);
    const retries = resolveRetries(options.retries, DEFAULT_WRITE_RETRIES);
    context.transport.assertAvailable('write');
    const tag = options.tag ?? (await computeTag(context, hash, body, signal));
    await context.transport.call({
      method: 'PUT',
      path,
      access: 'write',
      mayPreflight: true,
      headers: {
        ...senderHeaders(context.environment),
        ...headers,
        'x-artifact-tag': tag,
        'content-type': 'application/octet-stream',
        'content-length': String(body.sizeBytes),
      },
      body,
      retries,
      signal,
      // 409 is how some servers say that they have it already, and the first one stays.
      isExpected: (status) => (status >= 200 && status < 300) || status === 409,
      handle: (answer) => discard(answer.body),
    });
  });
}

async function computeTag(
  { teamId, signatureKey }: EndpointContext,
  hash: string,
  body: ArtifactBody,
  signal: AbortSignal,
): Promise<string> {
  const { file, sizeBytes } = body;
  let content: Readable | null = null;
  const stop = (): void => {
    content?.destroy(signal.reason as Error);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const tagger = createArtifactTagger({ hash, sizeBytes, teamId, signatureKey });
    const chunks = file === undefined ? (content = body.open()) : readFileChunks(file, sizeBytes);
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted();
      tagger.update(chunk);
    }
    return tagger.digest();
  } catch (error) {
    signal.throwIfAborted();
    if (isLarderError(error)) throw error;
    throw createClientError('LARDER_BODY_UNREADABLE', `The body of ${hash} cannot be read`, error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function assertSize(sizeBytes: number): void {
  if (Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) return;
  throw createClientError(
    'LARDER_BODY_LENGTH_MISMATCH',
    `The size of a body must be a whole number of bytes, not ${sizeBytes}`,
  );
}
