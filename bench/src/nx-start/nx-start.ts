import { join } from 'node:path';
import { type NxStage } from '../nx/nx-stage.ts';
import { withNxStages } from '../nx/prepare-nx.ts';
import { NX_24 } from '../nx/sizes.ts';
import { writeTaskOutputs } from '../nx/task-outputs.ts';
import {
  emptyPlugin,
  emptyPluginWithGraphHook,
  larderPlugin,
  withoutRemoteCache,
} from '../nx/wiring.ts';
import { type Bench, type Turns } from '../runner/bench.ts';
import { figure, figureOf } from '../runner/measures.ts';

const TASKS = 10;
const OUTPUTS = { tasks: TASKS, filesPerTask: 1, fileBytes: 1024 };
const LOOPBACK = { delayMs: 0, megabitsPerSecond: null };
const WIRINGS = {
  none: withoutRemoteCache,
  'an empty plugin': emptyPlugin,
  'an empty plugin with a graph hook': emptyPluginWithGraphHook,
  larder: larderPlugin,
};

export const nxStart: Bench = {
  name: 'nx-start',
  area: 'start-up',
  title: 'Nx 24, a command that has everything in its own cache',
  question: 'What does the plugin add to a command that needs no remote cache?',
  async run(context) {
    const { projects } = await writeTaskOutputs(join(context.folder, 'outputs'), OUTPUTS);
    const stages = { wirings: WIRINGS, nxVersion: NX_24, projects, line: LOOPBACK, isCi: false };
    const turns = await withNxStages(context, stages, (each) => {
      const names = Object.keys(each) as Name[];
      const subjects = Object.fromEntries(
        names.map((name) => [name, () => each[name].buildCached()]),
      ) as Record<Name, NxStage['buildCached']>;
      return context.inTurns(subjects, { rounds: 10 });
    });
    return {
      measures: [
        figureOf(turns, { what: 'no plugin: wall', subject: 'none', quantity: 'wallMs' }),
        figure('added to an empty plugin: wall', added(turns, 'an empty plugin'), 'ms', {
          gate: 40,
          aim: 15,
        }),
        figure(
          'added to an empty plugin with a graph hook: wall',
          added(turns, 'an empty plugin with a graph hook'),
          'ms',
        ),
        figure('added to no plugin: wall', added(turns, 'none'), 'ms'),
      ],
      notes: [
        `${TASKS} tasks; the daemon is off, the agent is running. An empty plugin has the two hooks of ` +
          'tasks and does nothing in them. Nx starts the worker of such a plugin twice for a command, ' +
          'and that of one with a graph hook, as Larder has an empty one, once.',
      ],
      peers: { nx: NX_24 },
    };
  },
};

type Name = keyof typeof WIRINGS;

/** In each round. */
function added(turns: Turns<Name>, reference: Name): number[] {
  return turns.larder.map(({ wallMs }, round) => wallMs - (turns[reference][round]?.wallMs ?? NaN));
}
