// Blobs as objects of a bucket, each of which holds exactly the bytes of an artifact: downloads may be
// sent to the bucket itself.
import type { BlobStore } from '../blob-store.ts';
import { openBucket, type Bucket } from './bucket.ts';
import type { IdentifiedStore } from '../store-identity.ts';
import { describeBlob } from './describe-blob.ts';
import { createIdentityObject } from './identity-object.ts';
import { linkToObject } from './link-to-object.ts';
import { hasNoBlobs, listBlobs } from './list-blobs.ts';
import { openObject, readObject, unlessAbsent } from './open-object.ts';
import { createPartBuffers } from './part-buffers.ts';
import { quarantineBlob } from './quarantine-blob.ts';
import { removeOldUploads } from './remove-old-uploads.ts';
import type { ResolvedS3Options } from './s3-options.ts';
import { S3_TIMEOUTS, type S3Timeouts } from './s3-timeouts.ts';
import { removeBlob, writeBlob } from './write-blob.ts';

/** A {@link BlobStore} that has connections to end. */
export interface S3BlobStore extends BlobStore, IdentifiedStore {
  /** Ends the connections; what is under way fails. */
  close(): Promise<void>;
}

/** No upload takes as long as that, of whichever server. */
const LEFT_OVER_AFTER_MS = 24 * 3_600_000;

/**
 * Creates a {@link BlobStore} in a bucket, which any number of servers may do with the same one. Whether
 * the bucket is there is not looked at before `check`.
 */
export async function openS3BlobStore(
  options: ResolvedS3Options,
  { timeouts = S3_TIMEOUTS, now = Date.now }: { timeouts?: S3Timeouts; now?: () => number } = {},
): Promise<S3BlobStore> {
  const bucket = await openBucket(options, timeouts);
  const { keys } = bucket;
  const buffers = createPartBuffers();

  const reporting: Bucket['reporting'] = (what, work) => bucket.reporting(what, work);

  return {
    // Replicated storage does not find what only nodes have that are down.
    isLossCertain: false,

    link: options.redirectDownloads
      ? (name) => reporting('Linking to an artifact', () => linkToObject(bucket, keys.blob(name)))
      : null,

    async write(name, source, { sizeBytes, description, signal }) {
      keys.blob(name);
      try {
        return await writeBlob(bucket, buffers, { name, source, sizeBytes, description, signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw bucket.failed('Writing an artifact', error);
      }
    },

    async read(name, { signal } = {}) {
      const key = keys.blob(name);
      try {
        return await openObject(bucket, key, signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw bucket.failed('Opening an artifact', error);
      }
    },

    async readSmall(name, { sizeBytes }) {
      const key = keys.blob(name);
      return reporting('Reading an artifact', () => readObject(bucket, key, { sizeBytes }));
    },

    async stat(name, expected) {
      const object = bucket.at(keys.blob(name));
      // The index is as good as the bucket's word, and nearer.
      if (expected !== undefined) return { sizeBytes: expected.sizeBytes };
      return reporting('Looking at an artifact', async () => {
        const head = await unlessAbsent(
          bucket.lookUp((client, http) => client.headObject(object, http)),
        );
        return head === null ? null : { sizeBytes: head.ContentLength ?? 0 };
      });
    },

    describe: (name) => reporting('Looking at an artifact', () => describeBlob(bucket, name)),

    remove: (name) => reporting('Removing an artifact', () => removeBlob(bucket, name)),

    quarantine: (name) =>
      reporting('Moving an artifact to the quarantine', () => quarantineBlob(bucket, name)),

    list: (prefix, { writtenBeforeMs = null } = {}) =>
      reporting('Listing artifacts', () => listBlobs(bucket, prefix, writtenBeforeMs)),

    isEmpty: () => reporting('Listing artifacts', () => hasNoBlobs(bucket)),

    check: () =>
      reporting('Looking for the bucket', async () => {
        const query = { Bucket: bucket.name };
        const { checkMs: timeoutMs } = timeouts;
        await bucket.lookUp((client, http) => client.headBucket(query, http), { timeoutMs });
      }),

    removeLeftovers: () =>
      reporting('Removing unfinished uploads', () =>
        removeOldUploads(bucket, now() - LEFT_OVER_AFTER_MS),
      ),

    ...createIdentityObject(bucket),

    close() {
      bucket.close();
      return Promise.resolve();
    },
  };
}
