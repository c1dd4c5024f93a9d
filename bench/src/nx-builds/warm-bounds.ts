import { type Bounds } from '../runner/bench.ts';

/** Of the wall of a build that finds everything in the cache, against that with Nx's own client. */
export const WARM_BOUNDS: Bounds = { gate: 1.05, aim: 0.9 };
