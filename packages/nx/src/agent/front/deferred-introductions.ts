import type { Run } from './open-runs.ts';
import type { WorkerSupervisor } from './worker-supervisor.ts';

/**
 * Keeps a run from its worker, and so from the server, until it is used, where its configuration
 * asks for that. What is meant for a run that was never used is never sent. A command that had all it
 * needed in Nx's own cache counts as use when earlier ones have left something to upload.
 */
export interface DeferredIntroductions {
  /** The supervisor for everything that concerns single runs. */
  readonly supervisor: WorkerSupervisor;
  /** To be called when a run is opened. */
  open(run: Run): void;
  isIntroduced(run: Run): boolean;
}

export interface DeferredIntroductionsOptions {
  readonly supervisor: WorkerSupervisor;
  /** The worker is told to look for what earlier runs left. */
  readonly onAdoption: () => void;
  /** Whether anything waits for its upload. */
  readonly hasLeftovers: () => boolean;
}

export function createDeferredIntroductions(
  options: DeferredIntroductionsOptions,
): DeferredIntroductions {
  const { supervisor, onAdoption, hasLeftovers } = options;
  /** Open runs that nobody has used, by id. */
  const unused = new Map<string, Run>();

  function introduce({ id, configuration }: Run): void {
    supervisor.send({ kind: 'open-run', runId: id, configuration });
    supervisor.send({ kind: 'adopt-leftovers' });
    onAdoption();
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
        if (message.kind === 'release' && message.localHits.length > 0) {
          if (unused.has(message.runId) && hasLeftovers()) use(message.runId);
        }
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
      if (!run.configuration.waitsForUse) {
        introduce(run);
        return;
      }
      unused.set(run.id, run);
    },
    isIntroduced: (run) => !unused.has(run.id),
  };
}
