import type { Bucket } from './bucket.ts';
import { unlessAbsent } from './open-object.ts';
import { removeBlob } from './write-blob.ts';

/** Copies a blob and its description to where no blob is looked for, then removes them. */
export async function quarantineBlob(bucket: Bucket, name: string): Promise<void> {
  const { keys } = bucket;
  await copyObject(bucket, keys.blob(name), keys.quarantinedBlob(name));
  await copyObject(bucket, keys.description(name), keys.quarantinedDescription(name));
  await removeBlob(bucket, name);
}

/** An object that is absent is none to copy. */
async function copyObject(bucket: Bucket, from: string, to: string): Promise<void> {
  const { name, placement } = bucket;
  const CopySource = [name, ...from.split('/')].map(encodeURIComponent).join('/');
  const copy = { ...bucket.at(to), ...placement, CopySource };
  await unlessAbsent(bucket.upload((client, http) => client.copyObject(copy, http)));
}
