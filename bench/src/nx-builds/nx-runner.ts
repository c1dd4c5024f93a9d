import { nxBuildBench } from '../nx/nx-build-bench.ts';
import { FIFTY_SMALL, NX_19 } from '../nx/sizes.ts';
import { larderPlugin, vercelRunner, withoutRemoteCache } from '../nx/wiring.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { RUNNER_NOTE } from './notes.ts';

const BOUNDS = { gate: 0.4, aim: 0.2 };

export const nxRunner = nxBuildBench({
  name: 'nx-runner',
  title: 'Nx 19, 50 tasks of 1 MB, cold and warm',
  question: 'What does a tasks runner with a remote cache add to a build?',
  nxVersion: NX_19,
  size: FIFTY_SMALL,
  wirings: {
    none: withoutRemoteCache,
    '@vercel/remote-nx': vercelRunner,
    runner: larderPlugin,
  },
  warm: ['@vercel/remote-nx', 'runner'],
  rounds: 10,
  measure: ({ cold, warm }) => {
    const sides = { subject: 'runner', reference: '@vercel/remote-nx', baseline: 'none' } as const;
    return [
      figureOf(cold, { what: 'no remote cache: wall', subject: 'none', quantity: 'wallMs' }),
      ratioOf(cold, { what: 'runner, cold', quantity: 'wallMs', ...sides }, BOUNDS),
      ratioOf(warm, { what: 'runner, warm', quantity: 'wallMs', ...sides }, BOUNDS),
      ratioOf(cold, { what: 'runner, cold: CPU', quantity: 'cpuMs', ...sides }),
      ratioOf(warm, { what: 'runner, warm: CPU', quantity: 'cpuMs', ...sides }),
    ];
  },
  notes: [
    RUNNER_NOTE,
    '@vercel/remote-nx stopped at Nx 17; it runs on Nx 19 with nx-remotecache-custom 19.0.0.',
  ],
  peers: { '@vercel/remote-nx': '2.0.0', 'nx-remotecache-custom': '19.0.0' },
});
