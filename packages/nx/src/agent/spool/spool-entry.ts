import type { TaskResult } from '../../nx-facts/cache-entry.ts';
import type { Upstream } from '../protocol/run-configuration.ts';

/**
 * One artifact on its way to the server, as kept in the spool: `<id>.json` holds this, `<id>.body`
 * the bytes where there are any. The description appears last and by rename, so that a description
 * always has its body. Never holds a secret: whoever sends it brings the credential.
 */
export interface SpoolEntry {
  readonly id: string;
  readonly runId: string;
  /** The front that wrote it: as long as that lives, the entry is its own agent's business. */
  readonly agentPid: number;
  readonly upstream: Upstream;
  readonly taskHash: string;
  readonly artifactHash: string;
  /** The task's running time as far as it was known when the entry was written. */
  readonly durationMs: number;
  /** Whether to wait for the run's exact durations while the run is open. */
  readonly isHeld: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly content: SpoolContent;
}

export type SpoolContent =
  | { readonly kind: 'body'; readonly sizeBytes: number }
  /** A folder of Nx's cache, in the layout `parts`, that is packed when its turn comes. */
  | { readonly kind: 'folder'; readonly folder: string }
  /** The same in the layout `outputs`, with what the folder does not hold. */
  | {
      readonly kind: 'outputs';
      readonly folder: string;
      readonly result: TaskResult;
      /** Nx was done with the folder by then, in milliseconds since the epoch. */
      readonly completeAtMs: number;
    };
