import { nxBuildBench } from '../nx/nx-build-bench.ts';
import { FIVE_LARGE, NX_24 } from '../nx/sizes.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { LARGE_HITS_NOTE, LARGE_TASKS_NOTE } from './notes.ts';
import { CACHED, CPU, HOOKS, LANE, WALL, WARM_BOUNDS, WIRINGS } from './plugin-against-client.ts';

export const nxLarge = nxBuildBench({
  name: 'nx-large',
  title: 'Nx 24, 5 tasks of 100 MB, cold and warm',
  question: 'How long does a build of large tasks take with a remote cache?',
  nxVersion: NX_24,
  size: FIVE_LARGE,
  wirings: WIRINGS,
  warm: CACHED,
  rounds: 3,
  measure: ({ cold, warm }) => [
    figureOf(cold, { what: 'no remote cache: wall', subject: 'none', ...WALL }),
    ratioOf(cold, { what: 'hooks, cold', ...HOOKS, ...WALL }, { gate: 0.8 }),
    ratioOf(cold, { what: 'fast lane, cold', ...LANE, ...WALL }, { gate: 0.6, aim: 0.55 }),
    ratioOf(warm, { what: 'hooks, warm', ...HOOKS, ...WALL }, WARM_BOUNDS),
    ratioOf(warm, { what: 'fast lane, warm', ...LANE, ...WALL }, WARM_BOUNDS),
    ratioOf(cold, { what: 'fast lane, cold: CPU', ...LANE, ...CPU }, { gate: 0.3, aim: 0.2 }),
    ratioOf(cold, { what: 'hooks, cold: CPU', ...HOOKS, ...CPU }),
    ratioOf(warm, { what: 'fast lane, warm: CPU', ...LANE, ...CPU }),
    ratioOf(warm, { what: 'hooks, warm: CPU', ...HOOKS, ...CPU }),
  ],
  notes: [LARGE_TASKS_NOTE, LARGE_HITS_NOTE],
});
