// Copies what one storage keeps into another, while servers read and write both.
import { createHash } from 'node:crypto';
import { describeArtifact } from '../artifacts/artifact-description.ts';
import { LarderError } from '../errors/larder-error.ts';
import { messageOf } from '../errors/message-of.ts';
import type { ArtifactEntry, ArtifactIndex } from '../storage/artifact-index.ts';
import type { BlobStore, WrittenBlob } from '../storage/blob-store.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import type { Finding } from './verify-artifacts.ts';

export interface Migration {
  /** Artifacts whose bytes were copied, and read back from where they are now. */
  copied: number;
  bytes: number;
  /** Artifacts that were there already, or others of the same hash, which stay: the first write wins. */
  present: number;
  /** Could not be copied; left as they are where they were. */
  failed: Finding[];
  /** Tokens that were copied. */
  tokens: number;
}

export interface MigrationStores {
  blobs: BlobStore;
  index: ArtifactIndex;
  tokens: TokenStore;
}

export interface MigrationParts {
  from: MigrationStores;
  to: MigrationStores;
  /** Called after each artifact that was copied. */
  onProgress?: (done: Pick<Migration, 'copied' | 'bytes'>) => void;
}

const LISTED_AT_ONCE = 500;

/** Of each artifact that is being copied, a few parts are in memory. */
const COPIED_AT_ONCE = 4;

/**
 * Copies tokens and artifacts with everything that is known of them, and compares each artifact with its
 * digest on the way there and back. Goes over them again until there is nothing new, because of what is
 * stored meanwhile. What was copied before is not copied again.
 *
 * @throws LarderError `LARDER_SERVER_STORAGE_FAILED`
 */
export async function migrateStorage(parts: MigrationParts): Promise<Migration> {
  const result: Migration = { copied: 0, bytes: 0, present: 0, failed: [], tokens: 0 };
  result.tokens = await copyTokens(parts);
  for (;;) {
    const copiedBefore = result.copied;
    result.present = 0;
    result.failed = [];
    await copyArtifacts(parts, result);
    if (result.copied === copiedBefore) break;
  }
  // The last round has met those as well.
  result.present = Math.max(0, result.present - result.copied);
  return result;
}

async function copyTokens({ from, to }: MigrationParts): Promise<number> {
  let copied = 0;
  for (const token of await from.tokens.list()) {
    if ((await to.tokens.findByDigest(token.sha256)) !== null) continue;
    await to.tokens.add(token);
    copied += 1;
  }
  return copied;
}

async function copyArtifacts(parts: MigrationParts, result: Migration): Promise<void> {
  const entries = listAll(parts.from.index);
  const copyNext = async () => {
    for await (const entry of entries) await copyArtifact(entry, parts, result);
  };
  await Promise.all(Array.from({ length: COPIED_AT_ONCE }, copyNext));
}

/** Several may iterate over the same one: each gets other entries. */
async function* listAll(index: ArtifactIndex): AsyncGenerator<ArtifactEntry, undefined> {
  let afterBlob = '';
  for (;;) {
    const entries = await index.listSome({}, { limit: LISTED_AT_ONCE, afterBlob });
    yield* entries;
    afterBlob = entries.at(-1)?.record.blob ?? '';
    if (entries.length < LISTED_AT_ONCE) return;
  }
}

async function copyArtifact(
  { key, record }: ArtifactEntry,
  { from, to, onProgress }: MigrationParts,
  result: Migration,
): Promise<void> {
  const { blob } = record;
  if ((await to.index.read(key)) !== null) {
    result.present += 1;
    return;
  }
  const written = await copyBlob({ key, record }, { from, to });
  if (typeof written === 'string') {
    await removeUnlessRecorded({ key, record }, to);
    // Evicted or purged since it was listed.
    if ((await from.index.read(key))?.blob !== blob) return;
    result.failed.push({ key, blob, problem: written });
    return;
  }
  if (!(await to.index.write(key, { ...record, ...written }))) {
    await removeUnlessRecorded({ key, record }, to);
    return;
  }
  result.copied += 1;
  result.bytes += record.sizeBytes;
  onProgress?.(result);
}

/** Another migration may have been as far with the same blob. */
async function removeUnlessRecorded(
  { key, record: { blob } }: ArtifactEntry,
  { blobs, index }: MigrationStores,
): Promise<void> {
  if ((await index.read(key))?.blob !== blob) await blobs.remove(blob);
}

/** What was written, or what is wrong with what was to be. */
async function copyBlob(
  { key, record }: ArtifactEntry,
  { from, to }: Pick<MigrationParts, 'from' | 'to'>,
): Promise<WrittenBlob | string> {
  const { blob, sizeBytes, sha256 } = record;
  const open = await from.blobs.read(blob);
  if (open === null) return 'the blob is gone';
  let written: WrittenBlob;
  try {
    written = await to.blobs.write(blob, open.stream as AsyncIterable<Uint8Array>, {
      sizeBytes,
      description: describeArtifact(key, record),
    });
  } catch (error) {
    // What is to be read is at fault, or else nothing could be copied at all.
    if (open.stream.errored !== null || isLengthWrong(error)) return messageOf(error);
    throw error;
  } finally {
    open.stream.destroy();
  }
  if (written.sha256 !== sha256) return `SHA-256 ${written.sha256} instead of ${sha256}`;
  const readBack = await digestOf(to.blobs, blob);
  if (readBack !== sha256) return `SHA-256 ${readBack ?? 'of nothing'} was read back`;
  return written;
}

async function digestOf(blobs: BlobStore, blob: string): Promise<string | null> {
  const open = await blobs.read(blob);
  if (open === null) return null;
  const hash = createHash('sha256');
  for await (const chunk of open.stream) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

function isLengthWrong(error: unknown): boolean {
  return error instanceof LarderError && error.code === 'LARDER_SERVER_UPLOAD_LENGTH_WRONG';
}
