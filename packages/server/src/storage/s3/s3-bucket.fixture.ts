// A bucket of its own in the engine that the environment names, and a look past the store.
import { randomBytes } from 'node:crypto';
import { S3, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import {
  startFaultyTcpProxy,
  type FaultyTcpProxy,
} from '../../testing/faulty-tcp-proxy.fixture.ts';
import type { BlobDescription, BlobStore, WrittenBlob } from '../blob-store.ts';
import { openS3BlobStore, type S3BlobStore } from './s3-blob-store.ts';
import type { ResolvedS3Options, S3Options } from './s3-options.ts';
import { s3Schema } from './s3-schema.ts';
import { S3_TIMEOUTS, type S3Timeouts } from './s3-timeouts.ts';

export interface TestBucket {
  name: string;
  /** Between the stores and the engine. */
  proxy: FaultyTcpProxy;
  /** What names it to a server, straight to the engine. */
  options: ResolvedS3Options;
  /** Straight to the engine. */
  client: S3;
  openStore(
    options?: Partial<S3Options>,
    parts?: { timeouts?: Partial<S3Timeouts>; now?: () => number },
  ): Promise<S3BlobStore>;
  keys(): Promise<string[]>;
  read(key: string): Promise<{ bytes: Buffer; metadata: Record<string, string> }>;
  /** Waits until a request has come whose head matches. */
  untilRequested(pattern: RegExp): Promise<void>;
  /** Keys of the multipart uploads that are neither completed nor aborted. */
  uploads(): Promise<string[]>;
  close(): Promise<void>;
}

export const TEST_PREFIX = 'of-a-team/';

export const TEST_NAME = 'aa00000000000000000000000000000a';
export const TEST_BLOB_KEY = `${TEST_PREFIX}blobs/aa/${TEST_NAME}`;
export const TEST_DESCRIPTION_KEY = `${TEST_PREFIX}descriptions/aa/${TEST_NAME}`;
export const TEST_DESCRIPTION = { team: 'a', words: ['ünïcödé'] };

/** More than goes to the bucket in one request. */
export const LARGE_BYTES = 12_000_000;

export async function createTestBucket(): Promise<TestBucket> {
  const endpoint = process.env.LARDER_TEST_S3_ENDPOINT;
  if (endpoint === undefined) throw new Error('LARDER_TEST_S3_ENDPOINT must name an engine.');
  const client = new S3({
    endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const name = `larder-${randomBytes(6).toString('hex')}`;
  const Bucket = name;
  await client.createBucket({ Bucket });
  const proxy = await startFaultyTcpProxy(endpoint);
  const stores: S3BlobStore[] = [];
  return {
    name,
    proxy,
    options: s3Schema.parse({ bucket: name, prefix: TEST_PREFIX, endpoint }),
    client,
    async openStore(options = {}, { timeouts, now } = {}) {
      const store = await openS3BlobStore(
        s3Schema.parse({ bucket: name, prefix: TEST_PREFIX, endpoint: proxy.url, ...options }),
        { timeouts: { ...S3_TIMEOUTS, ...timeouts }, ...(now === undefined ? {} : { now }) },
      );
      stores.push(store);
      return store;
    },
    async keys() {
      const { Contents = [] } = await client.listObjectsV2({ Bucket });
      return Contents.map(({ Key = '' }) => Key);
    },
    async read(Key) {
      const answer: GetObjectCommandOutput = await client.getObject({ Bucket, Key });
      const bytes = Buffer.from(await answer.Body!.transformToByteArray());
      return { bytes, metadata: answer.Metadata ?? {} };
    },
    untilRequested: (pattern) => until(() => proxy.requests.some((head) => pattern.test(head))),
    async uploads() {
      const { Uploads = [] } = await client.listMultipartUploads({ Bucket });
      return Uploads.map(({ Key = '' }) => Key);
    },
    async close() {
      for (const store of stores) await store.close();
      await proxy.close();
      client.destroy();
    },
  };
}

/** Writes a blob in many small pieces. */
export function writeTestBlob(
  store: BlobStore,
  name: string,
  content: Buffer,
  options: { description?: BlobDescription; signal?: AbortSignal } = {},
): Promise<WrittenBlob> {
  return store.write(name, piecesOf(content), {
    sizeBytes: content.length,
    description: TEST_DESCRIPTION,
    ...options,
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
async function* piecesOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += 65_536) {
    yield content.subarray(start, start + 65_536);
  }
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
