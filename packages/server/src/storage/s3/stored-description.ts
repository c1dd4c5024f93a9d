// What is to be known of a blob, in the two forms in which a bucket keeps it: as metadata of the object,
// which comes and goes with it, or, where it does not fit, as an object of its own.
import { z } from 'zod';
import {
  MAX_DESCRIPTION_BYTES,
  type BlobDescription,
  type DescribedBlob,
  type WrittenBlob,
} from '../blob-store.ts';

/** A description, and what is known of its blob only when all of that has come. */
export type StoredDescription = Pick<WrittenBlob, 'sizeBytes' | 'sha256'> & {
  description: BlobDescription;
};

export type ObjectMetadata = Readonly<Record<string, string>>;

const METADATA_NAME = 'larder-';

/** Metadata may have 2 KB with AWS, names included. */
const MAX_METADATA_BYTES = 2_000;

/** What OpenStack Swift lets a single value have. */
const MAX_VALUE_LENGTH = 256;

const storedSchema = z.object({
  sizeBytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  description: z.record(z.string(), z.unknown()),
});

/** @throws TypeError when the description is longer than any that can be. */
export function formatDescription(stored: StoredDescription): Buffer {
  const json = Buffer.from(JSON.stringify(stored));
  if (json.length > MAX_DESCRIPTION_BYTES) {
    throw new TypeError(`A description of ${json.length} bytes is too long.`);
  }
  return json;
}

/** Null when metadata has no room for so much. */
export function toMetadata(json: Buffer): ObjectMetadata | null {
  const text = json.toString('base64url');
  const metadata: Record<string, string> = {};
  for (let start = 0; start < text.length; start += MAX_VALUE_LENGTH) {
    const number = start / MAX_VALUE_LENGTH;
    metadata[`${METADATA_NAME}${number}`] = text.slice(start, start + MAX_VALUE_LENGTH);
  }
  const isSmall = metadataBytes(metadata) <= MAX_METADATA_BYTES;
  return isSmall ? metadata : null;
}

/** What metadata takes up: names and values. */
export function metadataBytes(metadata: ObjectMetadata): number {
  return Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
}

/** The part of an object's metadata that describes a blob; null when there is none. */
export function describingMetadata(all: ObjectMetadata | undefined): ObjectMetadata | null {
  const entries = Object.entries(all ?? {}).filter(([name]) => name.startsWith(METADATA_NAME));
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** What {@link toMetadata} was given; anything at all when it was damaged. */
export function fromMetadata(metadata: ObjectMetadata): Buffer {
  const values = Object.keys(metadata).map(
    (_name, number) => metadata[`${METADATA_NAME}${number}`] ?? '',
  );
  return Buffer.from(values.join(''), 'base64url');
}

/** Null when this is no description, or one of an object of another size. */
export function parseDescription(
  json: Buffer,
  { sizeBytes, descriptionBytes }: { sizeBytes: number; descriptionBytes: number },
): DescribedBlob | null {
  const { success, data } = storedSchema.safeParse(parseJson(json));
  if (!success || data.sizeBytes !== sizeBytes) return null;
  return { ...data, storedBytes: sizeBytes + descriptionBytes };
}

function parseJson(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString());
  } catch {
    return null;
  }
}
