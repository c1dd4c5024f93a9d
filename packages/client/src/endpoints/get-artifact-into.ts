import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ArtifactMetadata, type RequestOptions } from '../artifacts-client.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { type Operation } from '../operations.ts';
import { createArtifactTagVerifier, requireSignature } from '../signature/verify-artifact-tag.ts';
import { type HttpAnswer } from '../transport/http-answer.ts';
import { assertPlainContent } from './artifact-headers.ts';
import { type ContentCheck, createContentCheck } from './content-check.ts';
import { createFileError, saveVerified } from './download-artifact.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { readArtifact } from './read-artifact.ts';

interface ArtifactDestination {
  hash: string;
  open: (metadata: ArtifactMetadata) => Writable;
}

interface Hit extends ArtifactDestination {
  answer: HttpAnswer;
  metadata: ArtifactMetadata;
}

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
        const hit = { hash, open, answer, metadata };
        // A signature starts with the length: unless it is announced, all has to be there first.
        const isVerifiedBefore = context.signatureKey !== undefined && metadata.sizeBytes === null;
        await (isVerifiedBefore ? passOnVerified : passOn)(context, operation, hit);
        return metadata;
      },
    }),
  );
}

async function passOn(
  { teamId, signatureKey }: EndpointContext,
  { signal }: Operation,
  { hash, open, answer, metadata }: Hit,
): Promise<void> {
  const { tag, sizeBytes } = metadata;
  const scope = { hash, sizeBytes: sizeBytes ?? 0, teamId, signatureKey };
  const verifier = createArtifactTagVerifier(tag, scope);
  const check = createContentCheck({ hash, metadata, verifier });
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
  { signal }: Operation,
  { hash, open, answer, metadata }: Hit,
): Promise<void> {
  requireSignature(metadata.tag, hash);
  let folder: string | null = null;
  try {
    folder = await mkdtemp(join(context.temporaryDirectory, 'larder-artifact-'));
    const file = join(folder, 'artifact');
    await saveVerified(context, { hash, file, answer, metadata, signal });
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
