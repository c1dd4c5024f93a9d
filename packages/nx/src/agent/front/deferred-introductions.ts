import type { Run } from './open-runs.ts';
import type { WorkerSupervisor } from './worker-supervisor.ts';

/**
 * Keeps a run from its worker, and so from the server, until it is used, where its configuration
 * asks for that. What is meant for a run that was never used is never sent.
 */
export interface DeferredIntroductions {
  /** The supervisor for everything that concerns single runs. */
  readonly supervisor: WorkerSupervisor;
  /** To be called when a run is opened. */
  open(run: Run): void;
  isIntroduced(run: Run): boolean;
}

export function createDeferredIntroductions(supervisor: WorkerSupervisor): DeferredIntroductions {
  /** Open runs that nobody has used, by id. */
  const unused = new Map<string, Run>();

  function introduce({ id, configuration }: Run): void {
    supervisor.send({ kind: 'open-run', runId: id, configuration });
    supervisor.send({ kind: 'adopt-leftovers' });
  }

  function use(runId: string): void {
    const run = unused.get(runId);
    if (!run) return;
    unused.delete(runId);
    introduce(run);
  }

  return {
    supervisor: {
      ...supervisor,
      send(message) {
        if (message.kind === 'spooled') use(message.entry.runId);
        const isForNobody = 'runId' in message && unused.has(message.runId);
        if (!isForNobody) supervisor.send(message);
        else if (message.kind === 'forget-run') unused.delete(message.runId);
      },
      lookUp(lookup) {
        use(lookup.runId);
        return supervisor.lookUp(lookup);
      },
    },
    open(run) {
      if (run.configuration.waitsForUse) unused.set(run.id, run);
      else introduce(run);
    },
    isIntroduced: (run) => !unused.has(run.id),
  };
}
