import { nxBuildBench } from '../nx/nx-build-bench.ts';
import { FIFTY_SMALL, FIVE_LARGE, NX_24 } from '../nx/sizes.ts';
import { fastLane, larderPlugin, nxClient } from '../nx/wiring.ts';
import { type Measure, type Turns } from '../runner/bench.ts';
import { ratioOf } from '../runner/measures.ts';
import { LARGE_HITS_NOTE, SMALL_HITS_NOTE } from './notes.ts';

const WIRINGS = { direct: nxClient, hooks: larderPlugin, 'fast lane': fastLane };

export const nxWarmSmall = nxBuildBench({
  name: 'nx-warm-small',
  title: 'Nx 24, a build that finds 50 tasks of 1 MB',
  question: 'How long does a build take that finds all of its small tasks in the cache?',
  nxVersion: NX_24,
  size: FIFTY_SMALL,
  wirings: WIRINGS,
  build: 'buildWarm',
  rounds: 10,
  measure: compare,
  notes: [SMALL_HITS_NOTE],
});

export const nxWarmLarge = nxBuildBench({
  name: 'nx-warm-large',
  title: 'Nx 24, a build that finds 5 tasks of 100 MB',
  question: 'How long does a build take that finds all of its large tasks in the cache?',
  nxVersion: NX_24,
  size: FIVE_LARGE,
  wirings: WIRINGS,
  build: 'buildWarm',
  rounds: 3,
  warmUp: false,
  measure: compare,
  notes: [LARGE_HITS_NOTE],
});

function compare(turns: Turns<keyof typeof WIRINGS>): Measure[] {
  return (['hooks', 'fast lane'] as const).flatMap((subject) => {
    const sides = { subject, reference: 'direct' } as const;
    return [
      ratioOf(turns, { what: subject, quantity: 'wallMs', ...sides }, { gate: 1.05, aim: 0.9 }),
      ratioOf(turns, { what: `${subject}: CPU`, quantity: 'cpuMs', ...sides }),
    ];
  });
}
