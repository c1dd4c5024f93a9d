import { createMachine } from '../machines/create-machine.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { endMachineProcesses } from '../processes/machine-processes.ts';
import { startLarderServer } from '../server/start-larder-server.ts';
import { adoptLarder } from './adopt-larder.ts';
import { type Cell } from './cells.ts';
import { createUserMachine } from './create-user-machine.ts';
import { type CellResult } from './format-adoption.ts';
import { packageManagers } from './package-managers.ts';
import { createStepLog, type StepResult } from './steps.ts';

export interface CellOptions {
  readonly registryUrl: string;
  /** Told each step when it is done. */
  readonly onStep: (result: StepResult) => void;
}

/**
 * Goes all the way from an empty folder and back, or up to what fails, on a machine of its own and
 * with a server of its own.
 */
export async function runCell(
  cell: Cell,
  { registryUrl, onStep }: CellOptions,
): Promise<CellResult> {
  const steps = createStepLog(onStep);
  const cleanup = createCleanupStack();
  try {
    const serverMachine = await createMachine();
    cleanup.add(serverMachine.remove);
    const server = await startLarderServer(serverMachine);
    cleanup.add(server.stop);
    const packageManager = packageManagers[cell.packageManager];
    const machine = await createUserMachine(packageManager, registryUrl);
    cleanup.add(machine.remove);
    cleanup.add(() => endMachineProcesses(machine));
    await adoptLarder(cell, { machine, packageManager, server, steps });
  } catch (error) {
    // What is the matter with a step is in its result.
    if (!steps.results.some((step) => step.error === error)) throw error;
  } finally {
    await cleanup.run();
  }
  return { cell, steps: steps.results };
}
