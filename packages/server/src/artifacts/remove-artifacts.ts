import type { ArtifactFilter, ArtifactIndex, RemovedArtifact } from '../storage/artifact-index.ts';
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
  parts: {
    blobs: BlobStore;
    index: ArtifactIndex;
    onRemoved: (removed: readonly RemovedArtifact[]) => void;
  },
): Promise<number> {
  const { blobs, index, onRemoved } = parts;
  let count = 0;
  for (;;) {
    const removed = await index.removeSome(filter, REMOVED_AT_ONCE);
    // A crash in between leaves blobs without a record, which the next start removes.
    await Promise.all(removed.map(({ blob }) => blobs.remove(blob)));
    onRemoved(removed);
    count += removed.length;
    if (removed.length < REMOVED_AT_ONCE) return count;
  }
}
