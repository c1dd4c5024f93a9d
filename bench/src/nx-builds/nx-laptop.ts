import { nxBuildBench } from '../nx/nx-build-bench.ts';
import { FIVE_LARGE, NX_24 } from '../nx/sizes.ts';
import { fastLane, larderPlugin, withoutRemoteCache } from '../nx/wiring.ts';
import { ratioOf } from '../runner/measures.ts';
import { LAPTOP_NOTE } from './notes.ts';

export const nxLaptop = nxBuildBench({
  name: 'nx-laptop',
  title: 'Nx 24, a cold build of 5 tasks of 100 MB on a laptop',
  question: 'How much longer is a command that does not wait for its uploads?',
  nxVersion: NX_24,
  size: FIVE_LARGE,
  wirings: { none: withoutRemoteCache, hooks: larderPlugin, 'fast lane': fastLane },
  rounds: 5,
  isCi: false,
  measure: ({ cold }) => [
    ratioOf(
      cold,
      { what: 'fast lane', quantity: 'wallMs', subject: 'fast lane', reference: 'none' },
      { gate: 1.5, aim: 1.2 },
    ),
    ratioOf(cold, { what: 'hooks', quantity: 'wallMs', subject: 'hooks', reference: 'none' }),
  ],
  notes: ['The agent, which goes on uploading, is ended when the command has ended.', LAPTOP_NOTE],
});
