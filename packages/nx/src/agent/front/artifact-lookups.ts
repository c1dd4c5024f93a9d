import { rm } from 'node:fs/promises';
import type { RetrieveAnswer } from '../protocol/control-api.ts';
import type { LookupOutcome, RestoreTarget } from '../protocol/worker-messages.ts';
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
  /** For the directory protocol: after a hit the entry stands in Nx's cache directory. */
  restore(run: Run, taskHash: string, target: RestoreTarget): Promise<RetrieveAnswer>;
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

  async function lookUp(run: Run, taskHash: string, target: RestoreTarget | null) {
    run.ledger.recordFormat(taskHash, target === null ? 'nx.tar.gz' : 'tar.br');
    const outcome = await supervisor.lookUp({ runId: run.id, taskHash, target });
    if (outcome.kind === 'hit') run.ledger.recordHit(taskHash, outcome);
    return outcome;
  }

  function share(run: Run, taskHash: string, target: RestoreTarget | null): [string, SharedLookup] {
    const name = JSON.stringify([run.id, taskHash, target]);
    let shared = inFlight.get(name);
    if (!shared) {
      shared = { outcome: lookUp(run, taskHash, target), users: 0 };
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

  function recordMiss(run: Run, taskHash: string, askedAt: number, code: string | null): void {
    const { kind } = run.configuration.startEstimate;
    run.ledger.recordMiss(taskHash, kind === 'start-is-lookup' ? askedAt : now(), code);
  }

  function codeOf(outcome: LookupOutcome): string | null {
    return outcome.kind === 'miss' ? outcome.code : null;
  }

  return {
    async find(run, taskHash) {
      const askedAt = now();
      let code: string | null = null;
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
        code = codeOf(outcome);
      }
      recordMiss(run, taskHash, askedAt, code);
      return null;
    },
    async restore(run, taskHash, target) {
      const askedAt = now();
      let code: string | null = null;
      if (!run.ledger.isKnownMiss(taskHash)) {
        const [name, shared] = share(run, taskHash, target);
        const outcome = await shared.outcome;
        release(name, shared, null);
        if (outcome.kind === 'hit') return { isHit: true, result: outcome.result };
        code = codeOf(outcome);
      }
      recordMiss(run, taskHash, askedAt, code);
      return { isHit: false, result: null };
    },
  };
}
