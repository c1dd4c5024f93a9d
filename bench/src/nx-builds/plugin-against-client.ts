// What builds of small and of large tasks on Nx 24 have in common.
import { fastLane, larderPlugin, nxClient, withoutRemoteCache } from '../nx/wiring.ts';
import { type Bounds } from '../runner/bench.ts';

export const WIRINGS = {
  none: withoutRemoteCache,
  direct: nxClient,
  hooks: larderPlugin,
  'fast lane': fastLane,
};

/** Those that have a remote cache. */
export const CACHED = ['direct', 'hooks', 'fast lane'] as const;

export const HOOKS = { subject: 'hooks', reference: 'direct' } as const;
export const LANE = { subject: 'fast lane', reference: 'direct' } as const;
export const WALL = { quantity: 'wallMs' } as const;
export const CPU = { quantity: 'cpuMs' } as const;

/** Of the wall of a build that finds everything in the cache, against that with Nx's own client. */
export const WARM_BOUNDS: Bounds = { gate: 1.05, aim: 0.9 };
