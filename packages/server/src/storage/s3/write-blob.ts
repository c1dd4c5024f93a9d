import type { BlobDescription, WrittenBlob } from '../blob-store.ts';
import { createSourceCheck } from '../source-check.ts';
import type { Bucket } from './bucket.ts';
import { beginMultipartUpload } from './multipart-upload.ts';
import { createPart } from './part.ts';
import { PART_BYTES, type PartBuffer, type PartBuffers } from './part-buffers.ts';
import { formatDescription, metadataBytes, toMetadata } from './stored-description.ts';

/** Less than this has memory of its own: it is there for a moment. */
const SMALL_BYTES = 256 * 1024;

export interface BlobToWrite {
  name: string;
  source: AsyncIterable<Uint8Array>;
  sizeBytes: number;
  description: BlobDescription;
  signal: AbortSignal | undefined;
}

/**
 * Writes a blob and its description: in one request when it fits in a part, else part by part. Leaves
 * nothing behind when it fails, unless the bucket cannot be reached any more.
 *
 * @throws LarderError `LARDER_SERVER_UPLOAD_LENGTH_WRONG`
 */
export function writeBlob(
  bucket: Bucket,
  buffers: PartBuffers,
  blob: BlobToWrite,
): Promise<WrittenBlob> {
  return blob.sizeBytes <= PART_BYTES
    ? writeWhole(bucket, buffers, blob)
    : writeInParts(bucket, buffers, blob);
}

async function writeWhole(
  bucket: Bucket,
  buffers: PartBuffers,
  { name, source, sizeBytes, description, signal }: BlobToWrite,
): Promise<WrittenBlob> {
  const part = createPart(
    sizeBytes <= SMALL_BYTES ? ownBuffer(sizeBytes) : await buffers.take(sizeBytes, signal),
  );
  try {
    const sha256 = await passOn(source, { sizeBytes, signal }, (chunk) => {
      part.append(chunk);
    });
    const json = formatDescription({ sizeBytes, sha256, description });
    const metadata = toMetadata(json);
    const object = { ...bucket.at(bucket.keys.blob(name)), ...bucket.placement, ...part.content() };
    try {
      if (metadata === null) await writeDescription(bucket, { name, json, signal });
      await bucket.upload(
        (client, http) => client.putObject({ ...object, Metadata: metadata ?? {} }, http),
        signal,
      );
    } catch (error) {
      // A request that was given up may have been carried out all the same.
      await cleaningUp(() => removeBlob(bucket, name));
      throw error;
    }
    const descriptionBytes = metadata === null ? json.length : metadataBytes(metadata);
    return { sizeBytes, sha256, storedBytes: sizeBytes + descriptionBytes };
  } finally {
    part.giveBack();
  }
}

async function writeInParts(
  bucket: Bucket,
  buffers: PartBuffers,
  { name, source, sizeBytes, description, signal }: BlobToWrite,
): Promise<WrittenBlob> {
  const key = bucket.keys.blob(name);
  const upload = await beginMultipartUpload(bucket, key, { sizeBytes, signal, buffers });
  let isNearlyThere = false;
  try {
    const sha256 = await passOn(source, { sizeBytes, signal }, (chunk) => upload.append(chunk));
    await upload.end();
    // Its digest was not known when the object and its metadata were begun.
    const json = formatDescription({ sizeBytes, sha256, description });
    isNearlyThere = true;
    await writeDescription(bucket, { name, json, signal });
    await upload.complete();
    return { sizeBytes, sha256, storedBytes: sizeBytes + json.length };
  } catch (error) {
    await cleaningUp(async () => {
      await upload.abort();
      if (isNearlyThere) await removeBlob(bucket, name);
    });
    throw error;
  }
}

/** The failure that led here is the one to report. What stays is found later: no record names it. */
async function cleaningUp(clean: () => Promise<void>): Promise<void> {
  await clean().catch(() => undefined);
}

/** @returns the SHA-256 of the whole source. */
async function passOn(
  source: AsyncIterable<Uint8Array>,
  { sizeBytes, signal }: { sizeBytes: number; signal: AbortSignal | undefined },
  consume: (chunk: Uint8Array) => Promise<void> | void,
): Promise<string> {
  const check = createSourceCheck(sizeBytes);
  for await (const chunk of source) {
    signal?.throwIfAborted();
    check.add(chunk);
    await consume(chunk);
  }
  signal?.throwIfAborted();
  return check.end();
}

async function writeDescription(
  bucket: Bucket,
  { name, json, signal }: { name: string; json: Buffer; signal: AbortSignal | undefined },
): Promise<void> {
  const object = { ...bucket.at(bucket.keys.description(name)), ...bucket.placement };
  const part = createPart(ownBuffer(json.length));
  part.append(json);
  const content = { ...part.content(), ContentType: 'application/json' };
  await bucket.upload((client, http) => client.putObject({ ...object, ...content }, http), signal);
}

/** The description last: a blob that is still seen has one. */
export async function removeBlob(bucket: Bucket, name: string): Promise<void> {
  for (const key of [bucket.keys.blob(name), bucket.keys.description(name)]) {
    await bucket.lookUp((client, http) => client.deleteObject(bucket.at(key), http));
  }
}

function ownBuffer(sizeBytes: number): PartBuffer {
  return { bytes: Buffer.allocUnsafe(sizeBytes), giveBack: () => undefined };
}
