import type { IdentifiedStore } from '../store-identity.ts';
import type { Bucket } from './bucket.ts';
import { readObject } from './open-object.ts';

/** Keeps the identity of the blobs of a bucket in an object beside them. */
export function createIdentityObject(bucket: Bucket): IdentifiedStore {
  const key = bucket.keys.identity;

  async function read(): Promise<string | null> {
    const bytes = await readObject(bucket, key);
    return bytes === null ? null : bytes.toString().trim();
  }

  return {
    readIdentity: () => bucket.reporting('Reading the identity of the bucket', read),

    writeIdentity: (id) =>
      bucket.reporting('Writing the identity of the bucket', async () => {
        // Not every service can do that by itself. Servers that start together write the same.
        if ((await read()) !== null) return;
        const object = { ...bucket.at(key), ...bucket.placement, Body: `${id}\n` };
        await bucket.upload((client, http) => client.putObject(object, http));
      }),
  };
}
