import { setTimeout as sleep } from 'node:timers/promises';
import { watchOtherWork } from './other-work.ts';

/** What other work may take, in cores, for a figure to count. */
export const MAX_OTHER_CORES = 0.15;

const LOOK_MS = 500;
const PATIENCE_MS = 60_000;

/** The machine has other work; nothing that is measured now would mean anything. */
export class MachineBusyError extends Error {
  override readonly name = 'MachineBusyError';

  constructor(cores: number) {
    super(
      `Other work takes ${cores.toFixed(2)} cores of this machine, and at most ${MAX_OTHER_CORES} ` +
        'leave a figure that can be trusted: nothing is claimed.',
    );
  }
}

/** @throws MachineBusyError when the machine does not get quiet within a minute. */
export async function untilQuiet(): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const work = watchOtherWork();
    await sleep(LOOK_MS);
    const cores = work.coresSince();
    if (cores <= MAX_OTHER_CORES) return;
    if (performance.now() > deadline) throw new MachineBusyError(cores);
  }
}
