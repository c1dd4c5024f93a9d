import { isProcessAlive } from '../is-process-alive.ts';
import type { RunConfiguration } from '../protocol/run-configuration.ts';
import type { OpenRuns } from './open-runs.ts';

const ownerCheckIntervalMs = 2_000;
/** An agent whose starter never opened a run. */
const unusedAfterMs = 30_000;

/** Decides when the agent ends: no run, nothing to send, and that for as long as the last run asked. */
export interface Lifetime {
  runStarted(): void;
  runEnded(configuration: RunConfiguration): void;
  setBusy(isBusy: boolean): void;
  /** From now on end as soon as there is nothing to do. */
  hurry(): void;
  stop(): void;
}

export interface LifetimeOptions {
  readonly runs: OpenRuns;
  readonly onIdle: () => void;
  /** The process that opened this run has ended without closing it. */
  readonly onOwnerGone: (runId: string) => void;
}

export function createLifetime({ runs, onIdle, onOwnerGone }: LifetimeOptions): Lifetime {
  let idleMs = unusedAfterMs;
  let isBusy = false;
  let isHurried = false;
  let isStopped = false;
  let end: NodeJS.Timeout | null = null;
  const ownerChecks = setInterval(() => {
    for (const run of runs.all()) {
      if (run.isOpen && !isProcessAlive(run.ownerPid)) onOwnerGone(run.id);
    }
  }, ownerCheckIntervalMs);
  reconsider();

  function reconsider(): void {
    if (end) clearTimeout(end);
    end = null;
    if (isStopped || runs.all().length > 0 || isBusy) return;
    end = setTimeout(onIdle, isHurried ? 0 : idleMs);
  }

  return {
    runStarted: reconsider,
    runEnded(configuration) {
      ({ idleMs } = configuration);
      reconsider();
    },
    setBusy(value) {
      isBusy = value;
      reconsider();
    },
    hurry() {
      isHurried = true;
      reconsider();
    },
    stop() {
      isStopped = true;
      clearInterval(ownerChecks);
      if (end) clearTimeout(end);
    },
  };
}
