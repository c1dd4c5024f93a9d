// Blobs that no record names: what a crash, or an index that did not answer, has left of uploads.
import type { ArtifactIndex } from '../storage/artifact-index.ts';
import { blobPrefixes, type BlobStore } from '../storage/blob-store.ts';

const HOUR_MS = 3_600_000;

/** The longest time from the begin of an upload to its record. */
export const MAX_UPLOAD_MS = 12 * HOUR_MS;

/**
 * A blob that is older than this and has no record will never have one. The clocks of this server and of
 * the storage may differ by the rest.
 */
export const ORPHAN_AGE_MS = 24 * HOUR_MS;

/** How many names are held at a time, more or less: some 5 MB with what the index knows of them. */
const NAMES_AT_ONCE = 20_000;

const LEAST_PREFIX_DIGITS = 2;

/**
 * Removes orphans while servers read and write.
 *
 * @returns how many.
 */
export async function sweepOrphans(parts: {
  blobs: Pick<BlobStore, 'list' | 'remove' | 'removeLeftovers'>;
  index: Pick<ArtifactIndex, 'listBlobs' | 'usage'>;
  nowMs: number;
  signal?: AbortSignal;
}): Promise<number> {
  const { blobs, index, nowMs, signal } = parts;
  let removed = 0;
  await blobs.removeLeftovers();
  for (const prefix of blobPrefixes(await prefixDigitsFor(index))) {
    signal?.throwIfAborted();
    const old = await blobs.list(prefix, { writtenBeforeMs: nowMs - ORPHAN_AGE_MS });
    if (old.length === 0) continue;
    // In this order: what had a record when it was listed is never taken for an orphan.
    const keys = await index.listBlobs(prefix);
    for (const blob of old) {
      if (keys.has(blob)) continue;
      await blobs.remove(blob);
      removed += 1;
    }
  }
  return removed;
}

async function prefixDigitsFor(index: Pick<ArtifactIndex, 'usage'>): Promise<number> {
  const amounts = [...(await index.usage()).values()];
  const artifacts = amounts.reduce((sum, amount) => sum + amount.artifacts, 0);
  const parts = Math.max(1, artifacts / NAMES_AT_ONCE);
  return Math.max(LEAST_PREFIX_DIGITS, Math.ceil(Math.log2(parts) / 4));
}
