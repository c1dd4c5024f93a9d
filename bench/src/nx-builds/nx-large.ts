import { nxBuildBench } from '../nx/nx-build-bench.ts';
import { FIVE_LARGE, NX_24 } from '../nx/sizes.ts';
import { fastLane, larderPlugin, nxClient, withoutRemoteCache } from '../nx/wiring.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { LARGE_HITS_NOTE, LARGE_TASKS_NOTE } from './notes.ts';
import { WARM_BOUNDS } from './warm-bounds.ts';

export const nxLarge = nxBuildBench({
  name: 'nx-large',
  title: 'Nx 24, 5 tasks of 100 MB, cold and warm',
  question: 'How long does a build of large tasks take with a remote cache?',
  nxVersion: NX_24,
  size: FIVE_LARGE,
  wirings: {
    none: withoutRemoteCache,
    direct: nxClient,
    hooks: larderPlugin,
    'fast lane': fastLane,
  },
  warm: ['direct', 'hooks', 'fast lane'],
  rounds: 3,
  measure: ({ cold, warm }) => {
    const hooks = { subject: 'hooks', reference: 'direct' } as const;
    const lane = { subject: 'fast lane', reference: 'direct' } as const;
    const wall = { quantity: 'wallMs' } as const;
    const cpu = { quantity: 'cpuMs' } as const;
    return [
      figureOf(cold, { what: 'no remote cache: wall', subject: 'none', ...wall }),
      ratioOf(cold, { what: 'hooks, cold', ...hooks, ...wall }, { gate: 0.8 }),
      ratioOf(cold, { what: 'fast lane, cold', ...lane, ...wall }, { gate: 0.6, aim: 0.55 }),
      ratioOf(warm, { what: 'hooks, warm', ...hooks, ...wall }, WARM_BOUNDS),
      ratioOf(warm, { what: 'fast lane, warm', ...lane, ...wall }, WARM_BOUNDS),
      ratioOf(cold, { what: 'fast lane, cold: CPU', ...lane, ...cpu }, { gate: 0.3, aim: 0.2 }),
      ratioOf(cold, { what: 'hooks, cold: CPU', ...hooks, ...cpu }),
      ratioOf(warm, { what: 'fast lane, warm: CPU', ...lane, ...cpu }),
      ratioOf(warm, { what: 'hooks, warm: CPU', ...hooks, ...cpu }),
    ];
  },
  notes: [LARGE_TASKS_NOTE, LARGE_HITS_NOTE],
});
