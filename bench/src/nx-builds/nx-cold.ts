import { nxBuildBench } from '../nx/nx-build-bench.ts';
import { FIFTY_SMALL, FIVE_LARGE, NX_24 } from '../nx/sizes.ts';
import { fastLane, larderPlugin, nxClient, withoutRemoteCache } from '../nx/wiring.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { LARGE_TASKS_NOTE, SMALL_TASKS_NOTE, SMALL_TASKS_TRIED_NOTE } from './notes.ts';

const WIRINGS = {
  none: withoutRemoteCache,
  direct: nxClient,
  hooks: larderPlugin,
  'fast lane': fastLane,
};

export const nxColdSmall = nxBuildBench({
  name: 'nx-cold-small',
  title: 'Nx 24, a cold build of 50 tasks of 1 MB',
  question: 'What does a remote cache add to a build of small tasks that finds nothing in it?',
  nxVersion: NX_24,
  size: FIFTY_SMALL,
  wirings: WIRINGS,
  build: 'buildCold',
  rounds: 10,
  measure: (turns) => {
    const against = { reference: 'direct', baseline: 'none' } as const;
    return [
      figureOf(turns, { what: 'no remote cache: wall', subject: 'none', quantity: 'wallMs' }),
      ratioOf(
        turns,
        { what: 'hooks', quantity: 'wallMs', subject: 'hooks', ...against },
        { gate: 0.85, aim: 0.5 },
      ),
      ratioOf(
        turns,
        { what: 'fast lane', quantity: 'wallMs', subject: 'fast lane', ...against },
        { gate: 0.5, aim: 0.2 },
      ),
      ratioOf(turns, { what: 'hooks: CPU', quantity: 'cpuMs', subject: 'hooks', ...against }),
      ratioOf(turns, {
        what: 'fast lane: CPU',
        quantity: 'cpuMs',
        subject: 'fast lane',
        ...against,
      }),
    ];
  },
  notes: [SMALL_TASKS_NOTE, SMALL_TASKS_TRIED_NOTE],
});

export const nxColdLarge = nxBuildBench({
  name: 'nx-cold-large',
  title: 'Nx 24, a cold build of 5 tasks of 100 MB',
  question: 'How long does a build of large tasks take that finds nothing in the cache?',
  nxVersion: NX_24,
  size: FIVE_LARGE,
  wirings: WIRINGS,
  build: 'buildCold',
  rounds: 3,
  warmUp: false,
  measure: (turns) => [
    figureOf(turns, { what: 'no remote cache: wall', subject: 'none', quantity: 'wallMs' }),
    ratioOf(
      turns,
      { what: 'hooks', quantity: 'wallMs', subject: 'hooks', reference: 'direct' },
      { gate: 0.8 },
    ),
    ratioOf(
      turns,
      { what: 'fast lane', quantity: 'wallMs', subject: 'fast lane', reference: 'direct' },
      { gate: 0.6, aim: 0.55 },
    ),
    ratioOf(
      turns,
      { what: 'fast lane: CPU', quantity: 'cpuMs', subject: 'fast lane', reference: 'direct' },
      { gate: 0.3, aim: 0.2 },
    ),
    ratioOf(turns, {
      what: 'hooks: CPU',
      quantity: 'cpuMs',
      subject: 'hooks',
      reference: 'direct',
    }),
  ],
  notes: [LARGE_TASKS_NOTE],
});
