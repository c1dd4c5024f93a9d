import { rm } from 'node:fs/promises';
import type { LookupOutcome } from '../protocol/worker-messages.ts';
import type { Run } from './open-runs.ts';
import type { WorkerSupervisor } from './worker-supervisor.ts';

/** A verified artifact on disk that exists until everybody who got it has released it. */
export interface FoundArtifact {
  readonly file: string;
  readonly sizeBytes: number;
  release(): void;
}

/** Lookups of all runs: identical ones in flight are one, and a miss is remembered for its run. */
export interface ArtifactLookups {
  /** For Nx's cache protocol: the artifact's file, or null for a miss. */
  find(run: Run, taskHash: string): Promise<FoundArtifact | null>;
  /** For the directory protocol: whether the entry stands in Nx's cache directory now. */
  restore(run: Run, taskHash: string, cacheDirectory: string): Promise<boolean>;
}

interface SharedLookup {
  readonly outcome: Promise<LookupOutcome>;
  users: number;
}

export function createArtifactLookups(
  supervisor: WorkerSupervisor,
  now: () => number,
): ArtifactLookups {
  const inFlight = new Map<string, SharedLookup>();

  async function lookUp(run: Run, taskHash: string, cacheDirectory: string | null) {
    const outcome = await supervisor.lookUp({ runId: run.id, taskHash, cacheDirectory });
    if (outcome.kind === 'hit') run.ledger.recordHit(taskHash, outcome);
    return outcome;
  }

  function share(
    run: Run,
    taskHash: string,
    cacheDirectory: string | null,
  ): [string, SharedLookup] {
    const name = JSON.stringify([run.id, taskHash, cacheDirectory]);
    let shared = inFlight.get(name);
    if (!shared) {
      shared = { outcome: lookUp(run, taskHash, cacheDirectory), users: 0 };
      inFlight.set(name, shared);
    }
    shared.users += 1;
    return [name, shared];
  }

  function release(name: string, shared: SharedLookup, file: string | null): void {
    shared.users -= 1;
    if (shared.users > 0) return;
    inFlight.delete(name);
    if (file !== null) rm(file, { force: true }).catch(() => undefined);
  }

  return {
    async find(run, taskHash) {
      const askedAt = now();
      if (!run.ledger.isKnownMiss(taskHash)) {
        const [name, shared] = share(run, taskHash, null);
        const outcome = await shared.outcome;
        if (outcome.kind === 'hit' && outcome.file !== null) {
          const { file, sizeBytes } = outcome;
          return {
            file,
            sizeBytes,
            release: () => {
              release(name, shared, file);
            },
          };
        }
        release(name, shared, null);
      }
      const { kind } = run.configuration.startEstimate;
      run.ledger.recordMiss(taskHash, kind === 'start-is-lookup' ? askedAt : now());
      return null;
    },
    async restore(run, taskHash, cacheDirectory) {
      const [name, shared] = share(run, taskHash, cacheDirectory);
      const outcome = await shared.outcome;
      release(name, shared, null);
      if (outcome.kind === 'miss') run.ledger.recordMiss(taskHash, now());
      return outcome.kind === 'hit';
    },
  };
}
