import { recordOf } from '../artifacts/artifact-description.ts';
import { ORPHAN_AGE_MS } from '../artifacts/orphans.ts';
import type { ArtifactIndex, ArtifactKey, ArtifactRecord } from '../storage/artifact-index.ts';
import { BLOB_PREFIXES, type BlobStore } from '../storage/blob-store.ts';

export interface Rebuild {
  /** Artifacts that the index has now and had not. */
  added: number;
  /** Artifacts that the index had. */
  kept: number;
  /** Records that were removed because their blobs are gone. */
  removedRecords: number;
  /** Blobs that were removed because an older one has the same key: the first write wins. */
  removedDuplicates: number;
  /** Blobs without a record that do not say what they are. The next start of a server removes them. */
  undescribed: number;
}

export interface RebuildParts {
  blobs: BlobStore;
  index: ArtifactIndex;
  /** Whether servers may be reading and writing: what was written lately is left to them then. */
  areBlobsShared?: boolean;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/**
 * Makes the index agree with the blobs, by what these say of themselves; their bytes are not read.
 * What has been removed comes back when its blob is still there. Only to be called while nothing is
 * read or written, unless the blobs are shared.
 */
export async function rebuildIndex(parts: RebuildParts): Promise<Rebuild> {
  const { blobs, index, areBlobsShared = false, now = Date.now } = parts;
  const writtenBeforeMs = now() - ORPHAN_AGE_MS;
  const result: Rebuild = {
    added: 0,
    kept: 0,
    removedRecords: 0,
    removedDuplicates: 0,
    undescribed: 0,
  };
  for (const prefix of BLOB_PREFIXES) {
    const keys = await index.listBlobs(prefix);
    const stored = await blobs.list(prefix);
    const settled = new Set(
      areBlobsShared ? await blobs.list(prefix, { writtenBeforeMs }) : stored,
    );
    for (const blob of stored) {
      if (keys.delete(blob)) result.kept += 1;
      else if (settled.has(blob)) result[await addBlob(blob, { blobs, index })] += 1;
    }
    for (const [blob, key] of keys) {
      await index.remove(key, blob);
      result.removedRecords += 1;
    }
  }
  return result;
}

async function addBlob(
  blob: string,
  { blobs, index }: RebuildParts,
): Promise<'added' | 'removedDuplicates' | 'undescribed'> {
  const described = await blobs.describe(blob);
  const artifact = described === null ? null : recordOf(blob, described);
  if (artifact === null) return 'undescribed';
  const loser = await addRecord(artifact, index);
  if (loser === null) return 'added';
  await blobs.remove(loser);
  return 'removedDuplicates';
}

/** The blob that lost to an older one of the same key; null when the key was free. */
async function addRecord(
  { key, record }: { key: ArtifactKey; record: ArtifactRecord },
  index: ArtifactIndex,
): Promise<string | null> {
  if (await index.write(key, record)) return null;
  const other = await index.read(key);
  if (other === null || other.createdAtMs <= record.createdAtMs) return record.blob;
  await index.remove(key, other.blob);
  await index.write(key, record);
  return other.blob;
}
