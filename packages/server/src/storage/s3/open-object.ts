import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { OpenBlob } from '../blob-store.ts';
import { isAbsent } from './bucket-errors.ts';
import type { Bucket } from './bucket.ts';
import { ObjectStream } from './object-stream.ts';

/** Opens an object; null when there is none of this key. */
export async function openObject(
  bucket: Bucket,
  key: string,
  signal?: AbortSignal,
): Promise<OpenBlob | null> {
  const object = bucket.at(key);
  const answer = await unlessAbsent(
    bucket.download((client, http) => client.getObject(object, http), signal),
  );
  if (answer === null) return null;
  const sizeBytes = answer.ContentLength ?? 0;

  async function reopen(position: number, closing: AbortSignal): Promise<Readable> {
    const rest = {
      ...object,
      Range: `bytes=${position}-`,
      // Names are never used twice, but somebody may have replaced the object.
      ...(answer?.ETag === undefined ? {} : { IfMatch: answer.ETag }),
    };
    const again = await bucket.download((client, http) => client.getObject(rest, http), closing);
    const body = bodyOf(again);
    if (again.ContentRange?.startsWith(`bytes ${position}-${sizeBytes - 1}/`) === true) return body;
    body.destroy();
    throw new Error('the bucket does not answer with the part of the object that is missing');
  }

  const stream = new ObjectStream(bodyOf(answer), {
    sizeBytes,
    idleTimeoutMs: bucket.timeouts.downloadIdleMs,
    reopen,
    failed: (cause) => bucket.failed('Reading an artifact', cause),
    signal,
  });
  return { sizeBytes, stream };
}

/** All bytes of a small object; null when there is none of this key, or one of another size. */
export async function readObject(
  bucket: Bucket,
  key: string,
  { sizeBytes }: { sizeBytes?: number } = {},
): Promise<Buffer | null> {
  const open = await openObject(bucket, key);
  if (open === null) return null;
  if (sizeBytes === undefined || open.sizeBytes === sizeBytes) return buffer(open.stream);
  open.stream.destroy();
  return null;
}

/** Null where the object that is asked for is absent. */
export async function unlessAbsent<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** In Node it always is a stream. */
function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  return Body as Readable;
}
