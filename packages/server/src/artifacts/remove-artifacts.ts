import type { ArtifactFilter, ArtifactIndex } from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';

/** Enough for few statements, and little enough to leave other requests their turn. */
const REMOVED_AT_ONCE = 100;

/**
 * Removes all artifacts that are meant. What is written meanwhile may stay.
 *
 * @returns how many were removed.
 */
export async function removeArtifacts(
  filter: ArtifactFilter,
  { blobs, index }: { blobs: BlobStore; index: ArtifactIndex },
): Promise<number> {
  let count = 0;
  for (;;) {
    const removed = await index.removeSome(filter, REMOVED_AT_ONCE);
    // A crash in between leaves blobs without a record, which the next start removes.
    await Promise.all(removed.map((blob) => blobs.remove(blob)));
    count += removed.length;
    if (removed.length < REMOVED_AT_ONCE) return count;
  }
}
