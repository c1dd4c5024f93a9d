// What a blob says of its artifact: everything that its record has and the blob store does not know
// by itself. A record can be made again from it.
import { z } from 'zod';
import type { ArtifactEntry, ArtifactKey, ArtifactRecord } from '../storage/artifact-index.ts';
import type { BlobDescription, DescribedBlob } from '../storage/blob-store.ts';
import { isArtifactScope, type ArtifactScope } from '../trust/artifact-scope.ts';
import { isArtifactHash } from './artifact-hash.ts';

/** The part of a record that is known before its blob is written. */
export type ArtifactOrigin = Omit<
  ArtifactRecord,
  'blob' | 'sizeBytes' | 'sha256' | 'storedBytes' | 'accessedAtMs' | 'hits'
>;

const descriptionSchema = z.object({
  team: z.string(),
  scope: z.custom<ArtifactScope>((value) => typeof value === 'string' && isArtifactScope(value)),
  api: z.enum(['artifacts', 'nx']),
  hash: z.string().refine(isArtifactHash),
  durationMs: z.int().nullable(),
  tag: z.string().nullable(),
  sha: z.string().nullable(),
  dirtyHash: z.string().nullable(),
  clientCi: z.string().nullable(),
  isClientInteractive: z.boolean().nullable(),
  writer: z.string(),
  tokenId: z.string(),
  repository: z.string().nullable(),
  ref: z.string().nullable(),
  run: z.string().nullable(),
  address: z.string().nullable(),
  createdAtMs: z.int(),
});

export function describeArtifact(key: ArtifactKey, origin: ArtifactOrigin): BlobDescription {
  return { ...key, ...origin } satisfies z.infer<typeof descriptionSchema>;
}

/** The key and record that a blob was written for; null when it describes no artifact. */
export function recordOf(blob: string, described: DescribedBlob): ArtifactEntry | null {
  const { description, ...written } = described;
  const { success, data } = descriptionSchema.safeParse(description);
  if (!success) return null;
  const { team, scope, api, hash, ...origin } = data;
  return {
    key: { team, scope, api, hash },
    // When it was used last is not known: at least once, when it was written.
    record: { ...origin, ...written, blob, accessedAtMs: origin.createdAtMs, hits: 0 },
  };
}
