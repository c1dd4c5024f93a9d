import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnvironment } from '@larder/e2e/environment';
import {
  installationFolder,
  nxInstallation,
  serverInstallation,
} from '@larder/e2e/installations/installation';
import { prepareInstallations } from '@larder/e2e/installations/prepare-installations';
import { createMachine } from '@larder/e2e/machines/create-machine';
import { createCleanupStack } from '@larder/e2e/processes/cleanup-stack';
import { larderVariables, startLarderServer } from '@larder/e2e/server/start-larder-server';
import { memoryFolder } from '../memory/memory-folder.ts';
import { NX_24 } from '../nx/sizes.ts';
import { type Cost } from '../processes/cost.ts';
import { startSubject } from '../processes/start-subject.ts';
import { type Bench, type Turns } from '../runner/bench.ts';
import { figure, valueOf } from '../runner/measures.ts';
import { type DriverReport, type DriverTask } from './agent-driver.ts';

const COUNTS = { none: 0, '50': 50, '500': 500, '5000': 5000 };
type Name = keyof typeof COUNTS;

export const nxGrowth: Bench = {
  name: 'nx-growth',
  area: 'growth',
  title: 'What a task costs as there are more of them',
  question: 'Does each of 5,000 tasks cost the agent more than each of 50?',
  async run(context) {
    const env = readEnvironment().inherited;
    const installation = nxInstallation(NX_24);
    const { onProgress } = context;
    await prepareInstallations([serverInstallation, installation], { env, onProgress });
    const cleanup = createCleanupStack();
    try {
      const machine = await createMachine({ parent: memoryFolder() });
      cleanup.add(machine.remove);
      const server = await startLarderServer(machine);
      cleanup.add(server.stop);
      const workspaceRoot = join(machine.folder, 'workspace');
      await mkdir(workspaceRoot);
      const variables = { ...machine.env, ...larderVariables(server), NX_NO_CLOUD: 'true' };
      let builds = 0;
      const build = (tasks: number) => () => {
        builds += 1;
        const folder = installationFolder(installation);
        return measureAgent(
          { installation: folder, workspaceRoot, build: builds, tasks },
          variables,
        );
      };
      const subjects = Object.fromEntries(
        Object.entries(COUNTS).map(([name, tasks]) => [name, build(tasks)]),
      ) as Record<Name, () => Promise<Cost>>;
      return resultOf(await context.inTurns(subjects, { rounds: 3 }));
    } finally {
      await cleanup.run();
    }
  },
};

/** The CPU time of the agent alone, from its start to its end. */
async function measureAgent(
  task: DriverTask,
  variables: Readonly<Record<string, string>>,
): Promise<Cost> {
  const driver = startSubject<DriverTask, DriverReport>(join(__dirname, 'agent-driver.js'), {
    env: variables,
  });
  try {
    const { cost, result } = await driver.perform(task);
    return { ...cost, cpuMs: cost.cpuMs - result.cpuMs };
  } finally {
    await driver.end();
  }
}

function resultOf(turns: Turns<Name>) {
  const cpu = {
    '50': perTask(turns, '50'),
    '500': perTask(turns, '500'),
    '5000': perTask(turns, '5000'),
  };
  const ratio = (many: number[], few: number[]) =>
    many.map((each, round) => each / (few[round] ?? NaN));
  const points = (['50', '500', '5000'] as const).map((name) => ({
    at: COUNTS[name],
    value: valueOf(cpu[name]).median,
  }));
  return {
    measures: [
      figure('CPU per task, 5,000 against 50', ratio(cpu['5000'], cpu['50']), '×', {
        gate: 1.2,
        aim: 1.05,
      }),
      figure('CPU per task, 5,000 against 500', ratio(cpu['5000'], cpu['500']), '×'),
      ...(['50', '500', '5000'] as const).map((name) =>
        figure(`CPU per task of ${name}`, cpu[name], 'ms'),
      ),
    ],
    growth: [{ what: 'CPU per task', unit: 'ms', by: 'tasks', lines: [{ name: 'agent', points }] }],
    notes: [
      'With few tasks most of it is what a new process pays once for each kind of work: compiling it ' +
        'and making connections. That is why 5,000 are compared with 500 as well.',
      'A program does to the plugin of Nx 24 and its agent what Nx does: the hooks, up to 500 lookups ' +
        'at once, stores of 4 kB three at a time, and all of it again with everything in the cache. ' +
        'What it takes itself is taken off, and so is what an agent takes in a build of no tasks; the ' +
        'server is on loopback.',
    ],
  };
}

/** In each round, what a build of that many tasks takes more than one of none, by task. */
function perTask(turns: Turns<Name>, name: Name): number[] {
  return turns[name].map(
    ({ cpuMs }, round) => (cpuMs - (turns.none[round]?.cpuMs ?? NaN)) / COUNTS[name],
  );
}
