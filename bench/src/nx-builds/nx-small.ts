import { nxBuildBench } from '../nx/nx-build-bench.ts';
import { FIFTY_SMALL, NX_24 } from '../nx/sizes.ts';
import { fastLane, larderPlugin, nxClient, withoutRemoteCache } from '../nx/wiring.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { SMALL_HITS_NOTE, SMALL_TASKS_NOTE, SMALL_TASKS_TRIED_NOTE } from './notes.ts';
import { WARM_BOUNDS } from './warm-bounds.ts';

export const nxSmall = nxBuildBench({
  name: 'nx-small',
  title: 'Nx 24, 50 tasks of 1 MB, cold and warm',
  question: 'What does a remote cache add to a build of small tasks, and what does it take off?',
  nxVersion: NX_24,
  size: FIFTY_SMALL,
  wirings: {
    none: withoutRemoteCache,
    direct: nxClient,
    hooks: larderPlugin,
    'fast lane': fastLane,
  },
  warm: ['direct', 'hooks', 'fast lane'],
  rounds: 10,
  measure: ({ cold, warm }) => {
    const hooks = { subject: 'hooks', reference: 'direct' } as const;
    const lane = { subject: 'fast lane', reference: 'direct' } as const;
    const wall = { quantity: 'wallMs' } as const;
    const cpu = { quantity: 'cpuMs' } as const;
    const added = { baseline: 'none' } as const;
    return [
      figureOf(cold, { what: 'no remote cache: wall', subject: 'none', ...wall }),
      ratioOf(cold, { what: 'hooks, cold', ...hooks, ...wall, ...added }, { gate: 0.85, aim: 0.5 }),
      ratioOf(
        cold,
        { what: 'fast lane, cold', ...lane, ...wall, ...added },
        { gate: 0.5, aim: 0.2 },
      ),
      ratioOf(warm, { what: 'hooks, warm', ...hooks, ...wall }, WARM_BOUNDS),
      ratioOf(warm, { what: 'fast lane, warm', ...lane, ...wall }, WARM_BOUNDS),
      ratioOf(cold, { what: 'hooks, cold: CPU', ...hooks, ...cpu, ...added }),
      ratioOf(cold, { what: 'fast lane, cold: CPU', ...lane, ...cpu, ...added }),
      ratioOf(warm, { what: 'hooks, warm: CPU', ...hooks, ...cpu }),
      ratioOf(warm, { what: 'fast lane, warm: CPU', ...lane, ...cpu }),
    ];
  },
  notes: [SMALL_TASKS_NOTE, SMALL_TASKS_TRIED_NOTE, SMALL_HITS_NOTE],
});
