/** A version of Nx, and the way by which it uses the cache. */
export interface Setup {
  readonly nxVersion: string;
  readonly hasFastLane: boolean;
}

const FAST_LANE_SUFFIX = '+fast-lane';

/** Reads `24.0.6` or `24.0.6+fast-lane`. */
export function parseSetup(text: string): Setup {
  const hasFastLane = text.endsWith(FAST_LANE_SUFFIX);
  return {
    nxVersion: hasFastLane ? text.slice(0, -FAST_LANE_SUFFIX.length) : text,
    hasFastLane,
  };
}

/** What `parseSetup` reads. */
export function formatSetup({ nxVersion, hasFastLane }: Setup): string {
  return hasFastLane ? nxVersion + FAST_LANE_SUFFIX : nxVersion;
}
