import { type ArtifactMetadata } from '../artifacts-client.ts';

/**
 * Reads what the answer to a query says about one hash: null for a miss, `undefined` for an error or
 * anything else that does not tell whether there is an artifact.
 */
export function parseQueryEntry(entry: unknown): ArtifactMetadata | null | undefined {
  if (entry === null) return null;
  if (typeof entry !== 'object') return undefined;
  const { size, taskDurationMs, tag, sha, dirtyHash, error } = entry as Record<string, unknown>;
  const isHit = typeof size === 'number' || typeof taskDurationMs === 'number';
  if (error !== undefined || !isHit) return undefined;
  return {
    sizeBytes: toWholeNumber(size),
    durationMs: toWholeNumber(taskDurationMs) ?? 0,
    tag: toText(tag),
    sha: toText(sha),
    dirtyHash: toText(dirtyHash),
  };
}

function toWholeNumber(value: unknown): number | null {
  const rounded = typeof value === 'number' ? Math.round(value) : -1;
  return Number.isSafeInteger(rounded) && rounded >= 0 ? rounded : null;
}

function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
