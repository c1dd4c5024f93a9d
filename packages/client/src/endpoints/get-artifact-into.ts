import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ArtifactMetadata, type RequestOptions } from '../artifacts-client.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { requireSignature } from '../signature/verify-artifact-tag.ts';
import { assertPlainContent } from './artifact-headers.ts';
import { checkContentOf, type ContentCheck } from './content-check.ts';
import { createFileError, type Hit, saveVerified } from './download-artifact.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { readArtifact } from './read-artifact.ts';

interface ArtifactDestination {
  hash: string;
  open: (metadata: ArtifactMetadata) => Writable;
}

type OpenableHit = Hit & ArtifactDestination;

export function getArtifactInto(
  context: EndpointContext,
  { hash, open }: ArtifactDestination,
  options: RequestOptions = {},
): Promise<ArtifactMetadata | null> {
  return context.operations.run(options.signal, (operation) =>
    readArtifact(context, operation, {
      method: 'GET',
      hash,
      options,
      async onHit(answer, metadata) {
        assertPlainContent(answer);
        const hit = { hash, open, answer, metadata, signal: operation.signal };
        // A signature starts with the length: unless it is announced, all has to be there first.
        const isVerifiedBefore = context.signatureKey !== undefined && metadata.sizeBytes === null;
        await (isVerifiedBefore ? passOnVerified : passOn)(context, hit);
        return metadata;
      },
    }),
  );
}

async function passOn(
  context: EndpointContext,
  { hash, open, answer, metadata, signal }: OpenableHit,
): Promise<void> {
  const check = checkContentOf(context, { hash, metadata });
  try {
    await pipeline(answer.body, checkedBy(check), open(metadata), { signal });
  } catch (error) {
    if (!isLarderError(error)) signal.throwIfAborted();
    throw error;
  }
}

/** Passes chunks on; that it ends says that the check is content. */
function checkedBy(check: ContentCheck) {
  return async function* (content: AsyncIterable<Buffer>) {
    for await (const chunk of content) {
      check.update(chunk);
      yield chunk;
    }
    check.finish();
  };
}

async function passOnVerified(
  context: EndpointContext,
  { open, ...hit }: OpenableHit,
): Promise<void> {
  const { hash, metadata, signal } = hit;
  requireSignature(metadata.tag, hash);
  let folder: string | null = null;
  try {
    folder = await mkdtemp(join(context.temporaryDirectory, 'larder-artifact-'));
    const file = join(folder, 'artifact');
    await saveVerified(context, { ...hit, file });
    await pipeline(createReadStream(file), open(metadata), { signal });
  } catch (error) {
    if (isLarderError(error)) throw error;
    signal.throwIfAborted();
    throw folder === null
      ? createFileError({ hash, file: context.temporaryDirectory }, error)
      : error;
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}
