import type { ArtifactIndex } from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';

export interface Reconciliation {
  /** Blobs that no record named: uploads that a crash interrupted before they were committed. */
  removedBlobs: number;
  /** Records whose blob was gone. */
  removedRecords: number;
}

/**
 * Brings blobs and index back together after a crash. Only to be called before anything is read or
 * written. Blobs are not opened: a damaged one is found when it is asked for.
 */
export async function reconcile(blobs: BlobStore, index: ArtifactIndex): Promise<Reconciliation> {
  const result: Reconciliation = { removedBlobs: 0, removedRecords: 0 };
  await blobs.removeLeftovers();
  // One 256th at a time, so that memory stays small however many artifacts there are.
  for (let shard = 0; shard < 256; shard += 1) {
    const prefix = shard.toString(16).padStart(2, '0');
    const keys = await index.listBlobs(prefix);
    const stored = new Set(await blobs.list(prefix));
    for (const blob of stored) {
      if (keys.has(blob)) continue;
      await blobs.remove(blob);
      result.removedBlobs += 1;
    }
    for (const [blob, key] of keys) {
      if (stored.has(blob)) continue;
      await index.remove(key, blob);
      result.removedRecords += 1;
    }
  }
  return result;
}
