import type { Bucket } from './bucket.ts';

/** Names of blobs that begin like this and were written before a time; with null, of all. */
export async function listBlobs(
  bucket: Bucket,
  namePrefix: string,
  writtenBeforeMs: number | null,
): Promise<string[]> {
  const names: string[] = [];
  const query = { Bucket: bucket.name, Prefix: bucket.keys.blobsOf(namePrefix) };
  let token: string | undefined;
  do {
    const page = { ...query, ContinuationToken: token };
    const answer = await bucket.lookUp((client, http) => client.listObjectsV2(page, http));
    for (const { Key: key = '', LastModified } of answer.Contents ?? []) {
      const name = bucket.keys.nameOf(key);
      const isOldEnough =
        writtenBeforeMs === null ||
        (LastModified !== undefined && LastModified.getTime() < writtenBeforeMs);
      if (name !== null && isOldEnough) names.push(name);
    }
    token = answer.NextContinuationToken;
  } while (token !== undefined);
  return names;
}
