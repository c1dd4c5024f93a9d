import { type Machine } from '../machines/create-machine.ts';
import { listProcesses, type RunningProcess } from './list-processes.ts';
import { waitUntil } from './wait-until.ts';

/** What runs of a machine: all whose command line names its folder, whoever started it. */
export async function machineProcesses({
  folder,
}: Pick<Machine, 'folder'>): Promise<RunningProcess[]> {
  return (await listProcesses()).filter(({ commandLine }) =>
    commandLine.some((part) => part.includes(folder)),
  );
}

/** Ends all of them as a power cut would. */
export async function endMachineProcesses(machine: Pick<Machine, 'folder'>): Promise<void> {
  await waitUntil('no process of the machine is left', async () => {
    const processes = await machineProcesses(machine);
    for (const { pid } of processes) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    return processes.length === 0;
  });
}
