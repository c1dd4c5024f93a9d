import { nxBuildBench } from '../nx/nx-build-bench.ts';
import { FIFTY_SMALL, NX_24 } from '../nx/sizes.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { SMALL_HITS_NOTE, SMALL_TASKS_NOTE, SMALL_TASKS_TRIED_NOTE } from './notes.ts';
import { CACHED, CPU, HOOKS, LANE, WALL, WARM_BOUNDS, WIRINGS } from './plugin-against-client.ts';

export const nxSmall = nxBuildBench({
  name: 'nx-small',
  title: 'Nx 24, 50 tasks of 1 MB, cold and warm',
  question: 'What does a remote cache add to a build of small tasks, and what does it take off?',
  nxVersion: NX_24,
  size: FIFTY_SMALL,
  wirings: WIRINGS,
  warm: CACHED,
  rounds: 10,
  measure: ({ cold, warm }) => {
    const added = { baseline: 'none' } as const;
    return [
      figureOf(cold, { what: 'no remote cache: wall', subject: 'none', ...WALL }),
      ratioOf(cold, { what: 'hooks, cold', ...HOOKS, ...WALL, ...added }, { gate: 0.85, aim: 0.5 }),
      ratioOf(
        cold,
        { what: 'fast lane, cold', ...LANE, ...WALL, ...added },
        { gate: 0.5, aim: 0.2 },
      ),
      ratioOf(warm, { what: 'hooks, warm', ...HOOKS, ...WALL }, WARM_BOUNDS),
      ratioOf(warm, { what: 'fast lane, warm', ...LANE, ...WALL }, WARM_BOUNDS),
      ratioOf(cold, { what: 'hooks, cold: CPU', ...HOOKS, ...CPU, ...added }),
      ratioOf(cold, { what: 'fast lane, cold: CPU', ...LANE, ...CPU, ...added }),
      ratioOf(warm, { what: 'hooks, warm: CPU', ...HOOKS, ...CPU }),
      ratioOf(warm, { what: 'fast lane, warm: CPU', ...LANE, ...CPU }),
    ];
  },
  notes: [SMALL_TASKS_NOTE, SMALL_TASKS_TRIED_NOTE, SMALL_HITS_NOTE],
});
