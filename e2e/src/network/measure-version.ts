import { createMachine } from '../machines/create-machine.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { createWorkspace } from '../workspace/create-workspace.ts';
import { type ColdBuild, runColdBuild } from './cold-build.ts';
import { fiftyTasks } from './fifty-tasks.ts';
import { type LineShape } from './line.ts';

/** Half of the round trip of 40 ms in each direction. */
export const NETWORK: LineShape = { delayMs: 20, megabitsPerSecond: 100 };
const LOOPBACK: LineShape = { delayMs: 0, megabitsPerSecond: null };

/** Two cold builds right after each other. */
export interface Pair {
  readonly network: ColdBuild;
  readonly loopback: ColdBuild;
}

export interface MeasureOptions {
  readonly nxVersion: string;
  readonly pairs: number;
  readonly onPair: (pair: Pair) => void;
}

/** Builds the same workspace over and over, in turn at the end of a network and on loopback. */
export async function measureVersion({
  nxVersion,
  pairs,
  onPair,
}: MeasureOptions): Promise<Pair[]> {
  const cleanup = createCleanupStack();
  try {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const workspace = await createWorkspace({
      machine,
      nxVersion,
      projects: fiftyTasks,
      cache: 'larder',
    });
    // The first build reads Nx from the disk, the later ones from memory.
    await runColdBuild(workspace, LOOPBACK);
    const measured: Pair[] = [];
    while (measured.length < pairs) {
      // In turn, so that a machine that gets busier or calmer favours neither side.
      const startsWithNetwork = measured.length % 2 === 0;
      const first = await runColdBuild(workspace, startsWithNetwork ? NETWORK : LOOPBACK);
      const second = await runColdBuild(workspace, startsWithNetwork ? LOOPBACK : NETWORK);
      const pair = startsWithNetwork
        ? { network: first, loopback: second }
        : { network: second, loopback: first };
      measured.push(pair);
      onPair(pair);
    }
    return measured;
  } finally {
    await cleanup.run();
  }
}
