import type { Socket } from 'node:net';
import type { Run } from './open-runs.ts';
import { findPeerProcess } from './peer-process.ts';

/**
 * With Nx's daemon a run is opened by the daemon, which outlives the command: that a killed command is
 * gone would show only hours later. But it is the command itself that asks for artifacts.
 */
export interface RunOwners {
  /** To be called with each request of a run that Nx itself makes. */
  requestCame(run: Run, socket: Socket): void;
}

export function createRunOwners(): RunOwners {
  const known = new WeakSet<Run>();

  async function identify(run: Run, socket: Socket): Promise<void> {
    const pid = await findPeerProcess(socket, run.ownerPid);
    if (pid !== null) run.ownerPid = pid;
  }

  return {
    requestCame(run, socket) {
      if (known.has(run)) return;
      known.add(run);
      // Whoever opened the run remains its owner when nobody can be found.
      identify(run, socket).catch(() => undefined);
    },
  };
}
