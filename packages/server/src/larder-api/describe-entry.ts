import type { ArtifactEntry, ArtifactKey, ArtifactRecord } from '../storage/artifact-index.ts';

/** What is told of an artifact: all that is known of it but for how it is stored and where its writer is. */
export type DescribedEntry = ArtifactKey &
  Omit<ArtifactRecord, 'blob' | 'storedBytes' | 'address'> & {
    /** Its duration for each of its hits. */
    savedMs: number;
  };

export function describeEntry({ key, record }: ArtifactEntry): DescribedEntry {
  // Named one by one: what a record will have besides need not be for everybody.
  const { sizeBytes, sha256, durationMs, tag, sha, dirtyHash, clientCi } = record;
  const { isClientInteractive, createdAtMs, accessedAtMs, hits } = record;
  const { writer, tokenId, repository, ref, run } = record;
  return {
    ...key,
    ...{ sizeBytes, sha256, durationMs, tag, sha, dirtyHash, clientCi, isClientInteractive },
    ...{ writer, tokenId, repository, ref, run },
    ...{ createdAtMs, accessedAtMs, hits },
    savedMs: hits * (durationMs ?? 0),
  };
}
