// What follows the bytes of an artifact in its file, so that one file, synced once, holds all that
// is known of it:
//
//   description  JSON in UTF-8
//   footer       SHA-256 of the description (32 bytes), name of the blob (16), length of the
//                description (4, little-endian), version of the description (4), magic (8)
//
// The footer is the same in all versions. A file without one was written before there were any.
import { createHash } from 'node:crypto';
import { MAX_DESCRIPTION_BYTES } from '../blob-store.ts';

export const FOOTER_BYTES = 64;

const VERSION = 1;
const MAGIC = Buffer.from('LARDER\r\n', 'latin1');

const DIGEST_END = 32;
const NAME_END = 48;
const LENGTH_END = 52;
const VERSION_END = 56;

/** The end of a file, as its last {@link FOOTER_BYTES} bytes tell. */
export interface BlobFooter {
  /** Of the artifact. */
  sizeBytes: number;
  descriptionBytes: number;
  descriptionSha256: Buffer;
  version: number;
}

/** @throws TypeError when the description is longer than any that can be. */
export function formatTrailer(name: string, description: object): Buffer {
  const json = Buffer.from(JSON.stringify(description));
  if (json.length > MAX_DESCRIPTION_BYTES) {
    throw new TypeError(`A description of ${json.length} bytes is too long.`);
  }
  const footer = Buffer.alloc(FOOTER_BYTES);
  sha256Of(json).copy(footer);
  footer.write(name, DIGEST_END, 'hex');
  footer.writeUInt32LE(json.length, NAME_END);
  footer.writeUInt32LE(VERSION, LENGTH_END);
  MAGIC.copy(footer, VERSION_END);
  return Buffer.concat([json, footer]);
}

/**
 * Null when this is no footer of the blob of this name. The name is random and told to nobody, so
 * that nobody can upload an artifact that ends in what would be taken for its description.
 */
export function parseFooter(
  footer: Buffer,
  { name, fileBytes }: { name: string; fileBytes: number },
): BlobFooter | null {
  if (footer.length !== FOOTER_BYTES) return null;
  if (!footer.subarray(VERSION_END).equals(MAGIC)) return null;
  if (footer.toString('hex', DIGEST_END, NAME_END) !== name) return null;
  const descriptionBytes = footer.readUInt32LE(NAME_END);
  const sizeBytes = fileBytes - FOOTER_BYTES - descriptionBytes;
  if (sizeBytes < 0 || descriptionBytes > MAX_DESCRIPTION_BYTES) return null;
  return {
    sizeBytes,
    descriptionBytes,
    descriptionSha256: footer.subarray(0, DIGEST_END),
    version: footer.readUInt32LE(LENGTH_END),
  };
}

/** The description that a footer promised; null when it is damaged or of another version. */
export function parseDescription(bytes: Buffer, footer: BlobFooter): unknown {
  if (footer.version !== VERSION || !sha256Of(bytes).equals(footer.descriptionSha256)) return null;
  // Whoever wrote a digest that fits wrote JSON.
  return JSON.parse(bytes.toString());
}

function sha256Of(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
