import { join } from 'node:path';

import { type Checkout } from '../workspace/checkout.ts';
import { listProcesses } from './list-processes.ts';
import { waitUntil } from './wait-until.ts';

/** A process of the plugin's agent, as the system shows it to everybody. */
export interface AgentProcess {
  readonly pid: number;
  readonly kind: 'front' | 'worker';
}

/** Where the plugin keeps its own files from Nx 17 on. */
export function dataFolder({ folder }: Pick<Checkout, 'folder'>): string {
  return join(folder, '.nx', 'larder');
}

/** What of the plugin runs for the workspace, whoever started it and whatever became of that. */
export async function agentProcesses(workspace: Pick<Checkout, 'folder'>): Promise<AgentProcess[]> {
  return (await listProcesses()).flatMap(({ pid, commandLine }): AgentProcess[] => {
    const [, script = '', ...args] = commandLine;
    const kind = /[/](front|worker)[/]main\.js$/.exec(script)?.[1];
    if (kind === undefined || !args.includes(dataFolder(workspace))) return [];
    return [{ pid, kind: kind as AgentProcess['kind'] }];
  });
}

export function waitUntilNoAgent(
  workspace: Pick<Checkout, 'folder'>,
  options?: { readonly timeoutMs: number },
): Promise<void> {
  return waitUntil(
    'no process of the agent is left',
    async () => (await agentProcesses(workspace)).length === 0,
    options,
  );
}

/** Ends the workspace's agent as a power cut would. */
export async function killAgent(workspace: Pick<Checkout, 'folder'>): Promise<void> {
  await waitUntil('the agent is dead', async () => {
    const processes = await agentProcesses(workspace);
    // The front first: it would start another worker.
    const fronts = processes.filter(({ kind }) => kind === 'front');
    for (const { pid } of fronts.length > 0 ? fronts : processes) kill(pid);
    return processes.length === 0;
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
