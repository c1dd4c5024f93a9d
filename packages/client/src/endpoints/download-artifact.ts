import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type ArtifactMetadata, type GetToFileOptions } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { type Operation } from '../operations.ts';
import { requireSignature, verifyArtifactTag } from '../signature/verify-artifact-tag.ts';
import { type HttpAnswer } from '../transport/http-answer.ts';
import { assertPlainContent } from './artifact-headers.ts';
import { checkContentOf, createContentCheck } from './content-check.ts';
import { ContentFile } from './content-file.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { readArtifact } from './read-artifact.ts';

export interface ArtifactDownload {
  hash: string;
  file: string;
  options: GetToFileOptions;
}

/**
 * Downloads an artifact and verifies it: the file is there only when all of that has succeeded.
 * null for a miss.
 */
export function downloadArtifact(
  context: EndpointContext,
  operation: Operation,
  { hash, file, options }: ArtifactDownload,
): Promise<ArtifactMetadata | null> {
  return readArtifact(context, operation, {
    method: 'GET',
    hash,
    options,
    async onHit(answer, metadata) {
      assertPlainContent(answer);
      options.onMetadata?.(metadata);
      await saveVerified(context, { hash, file, answer, metadata, signal: operation.signal });
      return metadata;
    },
  });
}

/** A hit whose content has not been read yet. */
export interface Hit {
  hash: string;
  answer: HttpAnswer;
  metadata: ArtifactMetadata;
  signal: AbortSignal;
}

export interface Download extends Hit {
  file: string;
}

/** Writes the content of a hit to a file, which is there only when all of it is right. */
export async function saveVerified(context: EndpointContext, download: Download): Promise<void> {
  const temporary = `${download.file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    try {
      await writeVerified(context, temporary, download);
      await rename(temporary, download.file);
    } finally {
      await rm(temporary, { force: true });
    }
  } catch (error) {
    if (isLarderError(error)) throw error;
    download.signal.throwIfAborted();
    throw createFileError(download, error);
  }
}

export function createFileError({ hash, file }: { hash: string; file: string }, cause: unknown) {
  return createClientError(
    'LARDER_FILE_WRITE_FAILED',
    `The artifact ${hash} cannot be written to ${file}`,
    cause,
  );
}

async function writeVerified(
  context: EndpointContext,
  temporary: string,
  { hash, answer, metadata, signal }: Download,
): Promise<void> {
  const { teamId, signatureKey } = context;
  const { tag, sizeBytes } = metadata;
  // A signature starts with the length: unless it is announced, the file has to be read again.
  const isVerifiedAfterwards = signatureKey !== undefined && sizeBytes === null;
  if (isVerifiedAfterwards) requireSignature(tag, hash);
  const check = isVerifiedAfterwards
    ? createContentCheck({ hash, metadata, verifier: null })
    : checkContentOf(context, { hash, metadata });
  // Opened here and closed for certain: a stream that opens the file itself can be destroyed before
  // that, and then creates the file after it was removed.
  const handle = await open(temporary, 'wx');
  const file = new ContentFile(handle, check);
  try {
    await pipeline(answer.body, file, { signal });
  } finally {
    await file.whenIdle();
    await handle.close();
  }
  if (isVerifiedAfterwards) {
    await verifyArtifactTag(createReadStream(temporary, { signal }), tag, {
      hash,
      sizeBytes: check.seenBytes,
      teamId,
      signatureKey,
    });
  }
}
