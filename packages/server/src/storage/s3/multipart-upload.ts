import type { CompletedPart } from '@aws-sdk/client-s3';
import { isUploadGone } from './bucket-errors.ts';
import type { Bucket } from './bucket.ts';
import { createPart, type Part } from './part.ts';
import { PART_BYTES, type PartBuffers } from './part-buffers.ts';
import { createPartSender } from './part-sender.ts';

const MAX_PARTS = 10_000;

/**
 * An object that is sent part by part, some of which are on their way while the next is collected. A part
 * is kept until the bucket has acknowledged it, so that it can be sent again.
 */
export interface MultipartUpload {
  /** Waits while there is no memory for more. Fails when a part before has failed. */
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves once the bucket has all parts. Nobody sees any of them yet. */
  end(): Promise<void>;
  /** Makes an object of the parts. */
  complete(): Promise<void>;
  /** Ends what is on its way and has the bucket forget all parts. */
  abort(): Promise<void>;
}

export async function beginMultipartUpload(
  bucket: Bucket,
  key: string,
  options: { sizeBytes: number; signal: AbortSignal | undefined; buffers: PartBuffers },
): Promise<MultipartUpload> {
  const { sizeBytes, signal, buffers } = options;
  const object = bucket.at(key);
  const { UploadId } = await bucket.lookUp(
    (client, http) => client.createMultipartUpload({ ...object, ...bucket.placement }, http),
    { signal },
  );
  const upload = { ...object, UploadId };
  const partBytes = Math.max(PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS));
  const sender = createPartSender(bucket, upload, signal);
  let filling: Part | null = null;
  let parts: CompletedPart[] = [];
  let claimedBytes = 0;

  async function nextPart(): Promise<Part> {
    await sender.whenReady();
    const wantedBytes = Math.min(partBytes, sizeBytes - claimedBytes);
    const part = createPart(await buffers.take(wantedBytes, signal));
    claimedBytes += wantedBytes;
    return part;
  }

  return {
    async append(bytes) {
      let left = bytes;
      while (left.byteLength > 0) {
        filling ??= await nextPart();
        left = filling.append(left);
        // The last one is as large as what is left of the object.
        if (!filling.isFull()) return;
        sender.send(filling);
        filling = null;
      }
    },

    async end() {
      parts = await sender.end();
    },

    async complete() {
      try {
        await bucket.upload(
          (client, http) =>
            client.completeMultipartUpload({ ...upload, MultipartUpload: { Parts: parts } }, http),
          signal,
        );
      } catch (error) {
        // An attempt before may have been heard although its answer was not.
        if (!isUploadGone(error) || (await sizeOf(bucket, key)) !== sizeBytes) throw error;
      }
    },

    async abort() {
      filling?.giveBack();
      filling = null;
      await sender.abort();
      try {
        await bucket.lookUp((client, http) => client.abortMultipartUpload(upload, http));
      } catch (error) {
        if (!isUploadGone(error)) throw error;
      }
    },
  };
}

async function sizeOf(bucket: Bucket, key: string): Promise<number | undefined> {
  const head = await bucket.lookUp((client, http) => client.headObject(bucket.at(key), http));
  return head.ContentLength;
}
