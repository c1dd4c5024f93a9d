import { isProcessAlive } from '../is-process-alive.ts';
import type { RunConfiguration } from '../protocol/run-configuration.ts';
import type { OpenRuns } from './open-runs.ts';

const ownerCheckIntervalMs = 2_000;
/** An agent whose starter never opened a run. */
const unusedAfterMs = 30_000;
/** A worker that has not looked through the spool by then is in no state to send anything. */
const maxAdoptionMs = 10_000;

/** Decides when the agent ends: no run, nothing to send, and that for as long as the last run asked. */
export interface Lifetime {
  runStarted(): void;
  runEnded(configuration: RunConfiguration): void;
  setBusy(isBusy: boolean): void;
  /** The worker is told to look for what earlier runs left, which only then shows as busy. */
  adoptionBegan(): void;
  adoptionEnded(): void;
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
  /** Ends the wait for each adoption under way, oldest first. */
  const adoptions: NodeJS.Timeout[] = [];
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
    if (isStopped || runs.all().length > 0 || isBusy || adoptions.length > 0) return;
    end = setTimeout(onIdle, isHurried ? 0 : idleMs);
  }

  function endAdoption(): void {
    clearTimeout(adoptions.shift());
    reconsider();
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
    adoptionBegan() {
      if (!isStopped) adoptions.push(setTimeout(endAdoption, maxAdoptionMs));
      reconsider();
    },
    adoptionEnded: endAdoption,
    hurry() {
      isHurried = true;
      reconsider();
    },
    stop() {
      isStopped = true;
      clearInterval(ownerChecks);
      if (end) clearTimeout(end);
      for (const timeout of adoptions) clearTimeout(timeout);
    },
  };
}
