import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { messageOf } from '../errors/message-of.ts';
import type { ArtifactIndex, ArtifactKey, ArtifactRecord } from '../storage/artifact-index.ts';
import { BLOB_PREFIXES, type BlobStore } from '../storage/blob-store.ts';

/** An artifact that something is wrong with. */
export interface Finding {
  key: ArtifactKey;
  blob: string;
  problem: string;
}

export interface Verification {
  /** Whose bytes were read to their end. */
  artifacts: number;
  bytes: number;
  /** Other bytes than those that were stored: taken out of the index and put into quarantine. */
  quarantined: Finding[];
  /** Records without a blob, which have been removed. */
  missing: Finding[];
  /** Could not be read, or found where that may pass; left as they are. */
  unreadable: Finding[];
  /** Names of blobs without a record: never served, removed by a server sooner or later. */
  orphans: string[];
  /** Artifacts that do not say what they are, so that a rebuild of the index would lose them. */
  undescribed: number;
}

export interface VerificationParts {
  blobs: BlobStore;
  index: ArtifactIndex;
  /** Called after each artifact. */
  onProgress?: (done: Pick<Verification, 'artifacts' | 'bytes'>) => void;
}

/**
 * Reads every artifact and compares it with the digest that was taken when it was stored. One at a
 * time, and nothing is locked: servers may go on reading and writing.
 */
export async function verifyArtifacts(parts: VerificationParts): Promise<Verification> {
  const { blobs, index } = parts;
  const result: Verification = {
    artifacts: 0,
    bytes: 0,
    quarantined: [],
    missing: [],
    unreadable: [],
    orphans: [],
    undescribed: 0,
  };
  for (const prefix of BLOB_PREFIXES) {
    // In this order what is stored meanwhile looks like neither an orphan nor a loss.
    const stored = await blobs.list(prefix);
    const keys = await index.listBlobs(prefix);
    for (const [blob, key] of keys) {
      const record = await index.read(key);
      if (record?.blob === blob) await verifyArtifact({ key, record }, { ...parts, result });
    }
    result.orphans.push(...stored.filter((blob) => !keys.has(blob)));
  }
  result.orphans = await stillOrphans(result.orphans, parts);
  return result;
}

async function verifyArtifact(
  { key, record }: { key: ArtifactKey; record: ArtifactRecord },
  { blobs, index, onProgress, result }: VerificationParts & { result: Verification },
): Promise<void> {
  const { blob } = record;
  let problem: string | null;
  try {
    const open = await blobs.read(blob);
    if (open === null) {
      // An eviction takes the record first: a record that is still there has lost its blob.
      if ((await index.read(key))?.blob !== blob) return;
      const finding = { key, blob, problem: 'the blob is gone' };
      if (blobs.isLossCertain) {
        await index.remove(key, blob);
        result.missing.push(finding);
      } else result.unreadable.push(finding);
      return;
    }
    problem = await findProblem(open, record);
  } catch (error) {
    result.unreadable.push({ key, blob, problem: messageOf(error) });
    return;
  }
  result.artifacts += 1;
  result.bytes += record.sizeBytes;
  if (problem !== null) {
    await index.remove(key, blob);
    await blobs.quarantine(blob);
    result.quarantined.push({ key, blob, problem });
  } else if ((await blobs.describe(blob)) === null && (await blobs.stat(blob)) !== null) {
    result.undescribed += 1;
  }
  onProgress?.(result);
}

async function findProblem(
  { sizeBytes, stream }: { sizeBytes: number; stream: Readable },
  record: ArtifactRecord,
): Promise<string | null> {
  if (sizeBytes !== record.sizeBytes) {
    stream.destroy();
    return `${sizeBytes} bytes instead of ${record.sizeBytes}`;
  }
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk as Uint8Array);
  const sha256 = hash.digest('hex');
  return sha256 === record.sha256 ? null : `SHA-256 ${sha256} instead of ${record.sha256}`;
}

/** What was about to get its record, or to be removed, is settled by now. */
async function stillOrphans(
  candidates: readonly string[],
  { blobs, index }: VerificationParts,
): Promise<string[]> {
  const orphans: string[] = [];
  for (const blob of candidates) {
    const keys = await index.listBlobs(blob);
    if (!keys.has(blob) && (await blobs.stat(blob)) !== null) orphans.push(blob);
  }
  return orphans;
}
