import type { TestBucket } from './s3-bucket.fixture.ts';
import { TEST_PREFIX } from './s3-bucket.fixture.ts';

/** Cuts the end off what a bucket has of a blob: first of its description, then of its bytes. */
export async function cutBlob(bucket: TestBucket, name: string, leftBytes: number): Promise<void> {
  const Key = `${TEST_PREFIX}blobs/${name.slice(0, 2)}/${name}`;
  const { bytes, metadata } = await bucket.read(Key);
  const Metadata: Record<string, string> = {};
  let leftOfMetadata = Math.max(0, leftBytes - bytes.length);
  for (const [header, value] of Object.entries(metadata)) {
    const leftOfValue = Math.max(0, leftOfMetadata - header.length);
    if (leftOfValue > 0) Metadata[header] = value.slice(0, leftOfValue);
    leftOfMetadata -= header.length + Math.min(value.length, leftOfValue);
  }
  const Body = bytes.subarray(0, leftBytes);
  await bucket.client.putObject({ Bucket: bucket.name, Key, Body, Metadata });
}
