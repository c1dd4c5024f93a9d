import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';

import { waitUntil } from '../processes/wait-until.ts';

export interface EngineProcessOptions {
  readonly cwd: string;
  /** The complete environment of the process; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Where all that it says goes. */
  readonly logFile: string;
}

/** A process of an engine, which says nothing of when it is ready. */
export interface EngineProcess {
  /** Waits until a condition holds, or fails with what the process has said when it ends before. */
  waitUntil(what: string, condition: () => Promise<boolean>): Promise<void>;
  /** Ends it and its children as a power cut would, and waits for that. */
  kill(): Promise<void>;
}

export async function startEngineProcess(
  command: string,
  args: readonly string[],
  { cwd, env, logFile }: EngineProcessOptions,
): Promise<EngineProcess> {
  const log = await open(logFile, 'a');
  // A group of its own: its children are ended with it, and what it does to its group is not done to us.
  const child = spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  let isRunning = true;
  const ended = new Promise<void>((resolve) => {
    const onEnd = () => {
      isRunning = false;
      resolve();
    };
    child.once('exit', onEnd).once('error', onEnd);
  });
  await log.close();

  return {
    waitUntil: (what, condition) =>
      waitUntil(what, async () => {
        if (!isRunning) {
          throw new Error(`"${command}" ended early.\n${await readFile(logFile, 'utf8')}`);
        }
        return condition();
      }),
    async kill() {
      if (isRunning && child.pid !== undefined) killGroup(child.pid);
      await ended;
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
