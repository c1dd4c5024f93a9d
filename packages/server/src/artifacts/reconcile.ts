import type { ArtifactIndex } from '../storage/artifact-index.ts';
import { BLOB_PREFIXES, type BlobStore } from '../storage/blob-store.ts';

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
  for (const prefix of BLOB_PREFIXES) {
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
