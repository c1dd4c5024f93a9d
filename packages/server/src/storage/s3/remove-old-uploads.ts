import type { ListMultipartUploadsCommandOutput, MultipartUpload } from '@aws-sdk/client-s3';
import { isUploadGone } from './bucket-errors.ts';
import type { Bucket } from './bucket.ts';
import { unlessAbsent } from './open-object.ts';

/**
 * Has the bucket forget multipart uploads of blobs that were begun before a time, and removes the
 * descriptions that were written for them.
 */
export async function removeOldUploads(bucket: Bucket, begunBeforeMs: number): Promise<void> {
  for await (const { Key: key = '', UploadId, Initiated } of listUploads(bucket)) {
    const name = bucket.keys.nameOf(key);
    if (name === null || Initiated === undefined || Initiated.getTime() >= begunBeforeMs) continue;
    await removeDescriptionOfNothing(bucket, name);
    try {
      const upload = { ...bucket.at(key), UploadId };
      await bucket.lookUp((client, http) => client.abortMultipartUpload(upload, http));
    } catch (error) {
      // Another server may do the same.
      if (!isUploadGone(error)) throw error;
    }
  }
}

/** Of two uploads of one blob, the second of which was begun since nobody had heard of the first, one may be complete. */
async function removeDescriptionOfNothing(bucket: Bucket, name: string): Promise<void> {
  const blob = bucket.at(bucket.keys.blob(name));
  const head = await unlessAbsent(bucket.lookUp((client, http) => client.headObject(blob, http)));
  if (head !== null) return;
  const description = bucket.at(bucket.keys.description(name));
  await bucket.lookUp((client, http) => client.deleteObject(description, http));
}

async function* listUploads(bucket: Bucket): AsyncGenerator<MultipartUpload> {
  const query = { Bucket: bucket.name, Prefix: bucket.keys.blobsOf('') };
  let marker = {};
  let isLast = false;
  while (!isLast) {
    const from = { ...query, ...marker };
    const page: ListMultipartUploadsCommandOutput = await bucket.lookUp((client, http) =>
      client.listMultipartUploads(from, http),
    );
    yield* page.Uploads ?? [];
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    isLast = page.IsTruncated !== true;
  }
}
