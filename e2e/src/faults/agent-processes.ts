import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { listProcesses, type RunningProcess } from '../processes/list-processes.ts';
import { waitUntil } from '../processes/wait-until.ts';

/** The processes of a workspace's agent, found as its commands find them: by `agent.json`. */
export interface AgentProcesses {
  /** Waits until there is an agent. */
  readonly front: () => Promise<number>;
  /** Waits until the front has a worker, another one than `formerWorker`. */
  readonly worker: (formerWorker?: number) => Promise<number>;
  /** Ends a process as a crash does, and waits until it is gone. */
  readonly kill: (pid: number) => Promise<void>;
  /** Waits until nothing is left of all that was found, and of what `agent.json` names. */
  readonly ended: () => Promise<void>;
  /** Ends all of that. */
  readonly end: () => Promise<void>;
}

export function createAgentProcesses(dataDirectory: string): AgentProcesses {
  const found = new Set<number>();

  async function recordedPid(): Promise<number | null> {
    const text = await readFile(join(dataDirectory, 'agent.json'), 'utf8').catch(() => '');
    const pid = /"pid":(\d+)/.exec(text)?.[1];
    return pid === undefined ? null : Number(pid);
  }

  async function front(): Promise<number> {
    let pid: number | null = null;
    await waitUntil('an agent runs', async () => {
      pid = await recordedPid();
      return pid !== null && (await isRunning(pid));
    });
    found.add(Number(pid));
    return Number(pid);
  }

  async function isNothingLeft(): Promise<boolean> {
    const pids = new Set((await listProcesses()).map(({ pid }) => pid));
    const recorded = await recordedPid();
    return [...found, ...(recorded === null ? [] : [recorded])].every((pid) => !pids.has(pid));
  }

  return {
    front,
    async worker(formerWorker) {
      const parentPid = await front();
      let worker: RunningProcess | undefined;
      await waitUntil('the agent has a worker', async () => {
        worker = (await listProcesses()).find(
          (each) => each.parentPid === parentPid && each.pid !== formerWorker,
        );
        return worker !== undefined;
      });
      const pid = Number(worker?.pid);
      found.add(pid);
      return pid;
    },
    async kill(pid) {
      process.kill(pid, 'SIGKILL');
      await waitUntil(`process ${pid} is gone`, async () => !(await isRunning(pid)));
    },
    ended: () => waitUntil('the agent has ended', isNothingLeft, { timeoutMs: 15_000 }),
    async end() {
      const recorded = await recordedPid();
      if (recorded !== null) found.add(recorded);
      for (const pid of found) if (await isRunning(pid)) process.kill(pid, 'SIGTERM');
      await waitUntil('the agent has ended', isNothingLeft);
    },
  };
}

async function isRunning(pid: number): Promise<boolean> {
  return (await listProcesses()).some((each) => each.pid === pid);
}
