import type { S3, ServerSideEncryption, StorageClass } from '@aws-sdk/client-s3';
import type { LarderError } from '../../errors/larder-error.ts';
import { storageFailed } from '../storage-failed.ts';
import { reasonOf } from './bucket-errors.ts';
import { createObjectKeys, type ObjectKeys } from './object-keys.ts';
import { createS3Clients } from './s3-clients.ts';
import type { ResolvedS3Options } from './s3-options.ts';
import type { S3Timeouts } from './s3-timeouts.ts';
import { withDeadline } from './with-deadline.ts';

/** Sends a request with a client that it is given, and has it end with the signal. */
export type Ask<T> = (client: S3, options: { abortSignal: AbortSignal }) => Promise<T>;

/** One bucket and everything that its requests have in common. */
export interface Bucket {
  readonly name: string;
  readonly keys: ObjectKeys;
  readonly timeouts: S3Timeouts;
  /** How new objects are stored. */
  readonly placement: Placement;
  /** Names an object in a request. */
  at(key: string): { Bucket: string; Key: string };
  /** Asks for what is answered at once; by default within `lookupMs`. */
  lookUp<T>(
    ask: Ask<T>,
    options?: { timeoutMs?: number; signal?: AbortSignal | undefined },
  ): Promise<T>;
  /** Asks for what begins at once, as a lookup does, and then lasts: it is to be ended by itself. */
  download<T>(ask: Ask<T>, signal: AbortSignal | undefined): Promise<T>;
  /** Asks for what takes as long as it takes while something moves. */
  upload<T>(ask: Ask<T>, signal?: AbortSignal): Promise<T>;
  /** What the store throws when a request has failed. */
  failed(what: string, cause: unknown): LarderError;
  /** Does some work with the bucket; whatever it throws becomes what {@link failed} makes of it. */
  reporting<T>(what: string, work: () => Promise<T>): Promise<T>;
  close(): void;
}

export interface Placement {
  ServerSideEncryption?: ServerSideEncryption;
  SSEKMSKeyId?: string;
  StorageClass?: StorageClass;
}

export async function openBucket(
  options: ResolvedS3Options,
  timeouts: S3Timeouts,
): Promise<Bucket> {
  const { bucket: name, prefix } = options;
  const { lookupMs } = timeouts;
  const clients = await createS3Clients(options, timeouts);
  const { lookups, downloads, uploads } = clients;
  const failed = (what: string, cause: unknown) =>
    storageFailed(what, cause, {
      reason: reasonOf(cause),
      hint: `Check that the bucket "${name}" can be reached, and that the server's credentials may list it and read, write and delete in it.`,
    });
  return {
    name,
    keys: createObjectKeys(prefix),
    timeouts,
    placement: placementOf(options),
    at: (key) => ({ Bucket: name, Key: key }),
    lookUp: (ask, { timeoutMs = lookupMs, signal } = {}) =>
      withDeadline((abortSignal) => ask(lookups, { abortSignal }), { timeoutMs, signal }),
    download: (ask, signal) =>
      withDeadline((abortSignal) => ask(downloads, { abortSignal }), {
        timeoutMs: lookupMs,
        signal,
      }),
    upload: (ask, signal) =>
      withDeadline((abortSignal) => ask(uploads, { abortSignal }), { timeoutMs: null, signal }),
    failed,
    async reporting(what, work) {
      try {
        return await work();
      } catch (error) {
        throw failed(what, error);
      }
    },
    close: () => {
      clients.close();
    },
  };
}

function placementOf(options: ResolvedS3Options): Placement {
  const { serverSideEncryption, kmsKeyId, storageClass } = options;
  return {
    ...(serverSideEncryption === undefined ? {} : { ServerSideEncryption: serverSideEncryption }),
    ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }),
    // Services have classes of their own.
    ...(storageClass === undefined ? {} : { StorageClass: storageClass as StorageClass }),
  };
}
