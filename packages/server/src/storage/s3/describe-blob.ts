import type { DescribedBlob } from '../blob-store.ts';
import type { Bucket } from './bucket.ts';
import { readObject, unlessAbsent } from './open-object.ts';
import {
  describingMetadata,
  fromMetadata,
  metadataBytes,
  parseDescription,
} from './stored-description.ts';

/** Null when there is no such blob, or none that says of itself what fits it. */
export async function describeBlob(bucket: Bucket, name: string): Promise<DescribedBlob | null> {
  const object = bucket.at(bucket.keys.blob(name));
  const head = await unlessAbsent(bucket.lookUp((client, http) => client.headObject(object, http)));
  if (head === null) return null;
  const { ContentLength: sizeBytes = 0, Metadata } = head;
  const metadata = describingMetadata(Metadata);
  if (metadata !== null) {
    const descriptionBytes = metadataBytes(metadata);
    return parseDescription(fromMetadata(metadata), { sizeBytes, descriptionBytes });
  }
  const json = await readObject(bucket, bucket.keys.description(name));
  return json === null
    ? null
    : parseDescription(json, { sizeBytes, descriptionBytes: json.length });
}
