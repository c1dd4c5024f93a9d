import { join } from 'node:path';
import { NETWORK } from '@larder/e2e/network/measure-version';
import { subjectsOf, withNxStages } from '../nx/prepare-nx.ts';
import { describeBuild, FIFTY_SMALL, NX_19 } from '../nx/sizes.ts';
import { writeTaskOutputs } from '../nx/task-outputs.ts';
import { larderPlugin, vercelRunner, withoutRemoteCache } from '../nx/wiring.ts';
import { type Bench } from '../runner/bench.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { RUNNER_NOTE } from './notes.ts';

const WIRINGS = {
  none: withoutRemoteCache,
  '@vercel/remote-nx': vercelRunner,
  runner: larderPlugin,
};
const ROUNDS = 5;
const BOUNDS = { gate: 0.4, aim: 0.2 };

export const nxRunner: Bench = {
  name: 'nx-runner',
  area: 'nx',
  title: 'Nx 19, 50 tasks of 1 MB, cold and warm',
  question: 'What does a tasks runner with a remote cache add to a build?',
  async run(context) {
    const outputs = await writeTaskOutputs(join(context.folder, 'outputs'), FIFTY_SMALL);
    const { projects } = outputs;
    const stages = { wirings: WIRINGS, nxVersion: NX_19, projects, line: NETWORK };
    const sides = { subject: 'runner', reference: '@vercel/remote-nx', baseline: 'none' } as const;
    const measures = await withNxStages(context, stages, async (each) => {
      const turns = await context.inTurns(
        {
          ...subjectsOf(each, 'buildCold'),
          'warm @vercel/remote-nx': () => each['@vercel/remote-nx'].buildWarm(),
          'warm runner': () => each.runner.buildWarm(),
        },
        { rounds: ROUNDS },
      );
      const { none, runner, '@vercel/remote-nx': vercel } = turns;
      const cold = { none, runner, '@vercel/remote-nx': vercel };
      // Both are compared with the same thing: a build that has no remote cache to look into.
      const warm = {
        none,
        runner: turns['warm runner'],
        '@vercel/remote-nx': turns['warm @vercel/remote-nx'],
      };
      return [
        figureOf(cold, { what: 'no remote cache: wall', subject: 'none', quantity: 'wallMs' }),
        ratioOf(cold, { what: 'runner, cold', quantity: 'wallMs', ...sides }, BOUNDS),
        ratioOf(warm, { what: 'runner, warm', quantity: 'wallMs', ...sides }, BOUNDS),
        ratioOf(cold, { what: 'runner, cold: CPU', quantity: 'cpuMs', ...sides }),
        ratioOf(warm, { what: 'runner, warm: CPU', quantity: 'cpuMs', ...sides }),
      ];
    });
    return {
      measures,
      notes: [
        describeBuild(outputs),
        RUNNER_NOTE,
        '@vercel/remote-nx stopped at Nx 17; it runs on Nx 19 with nx-remotecache-custom 19.0.0.',
      ],
      peers: { nx: NX_19, '@vercel/remote-nx': '2.0.0', 'nx-remotecache-custom': '19.0.0' },
    };
  },
};
