import type { UploadLimits } from '../http/upload.ts';
import type { ResolvedServerOptions } from '../options/server-options.ts';
import { DESCRIPTION_ALLOWANCE_BYTES, type EvictionLimits } from './evictor.ts';

type LimitOptions = Pick<
  ResolvedServerOptions,
  'maxStoreSizeBytes' | 'maxTeamSizeBytes' | 'maxAgeMs'
>;

/** In options 0 stands for no limit. */
export function evictionLimitsOf(options: LimitOptions): EvictionLimits {
  const limit = (value: number) => (value === 0 ? null : value);
  return {
    maxStoreSizeBytes: limit(options.maxStoreSizeBytes),
    maxTeamSizeBytes: limit(options.maxTeamSizeBytes),
    maxAgeMs: limit(options.maxAgeMs),
  };
}

/** What can be uploaded: an artifact that no eviction could make room for is refused at once. */
export function uploadLimitsOf(options: LimitOptions & UploadLimits): UploadLimits {
  const { maxStoreSizeBytes, maxTeamSizeBytes } = evictionLimitsOf(options);
  return {
    uploadStallTimeoutMs: options.uploadStallTimeoutMs,
    maxArtifactSizeBytes: Math.min(
      options.maxArtifactSizeBytes,
      (maxStoreSizeBytes ?? Infinity) - DESCRIPTION_ALLOWANCE_BYTES,
      (maxTeamSizeBytes ?? Infinity) - DESCRIPTION_ALLOWANCE_BYTES,
    ),
  };
}
