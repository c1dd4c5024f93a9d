import type { EntryLayout, TaskResult } from '../../nx-facts/cache-entry.ts';
import type { NotStored, Trouble } from '../../report/run-report.ts';
import type { RunConfiguration } from './run-configuration.ts';

/** What the front tells its worker, over the channel of `child_process.fork`. */
export type FrontMessage =
  | { readonly kind: 'open-run'; readonly runId: string; readonly configuration: RunConfiguration }
  /** Take over what earlier runs left in the spool. Follows the `open-run`s that it may use. */
  | { readonly kind: 'adopt-leftovers' }
  | { readonly kind: 'look-up'; readonly requestId: number; readonly lookup: LookupRequest }
  /** A new entry is complete in the spool. */
  | { readonly kind: 'spooled'; readonly entry: SpooledEntry }
  /**
   * The run's tasks are done: send what it still holds, with these exact durations (milliseconds by
   * task hash). `localHits` are the hashes of tasks that Nx had in its own cache.
   */
  | {
      readonly kind: 'release';
      readonly runId: string;
      readonly durationsMs: Readonly<Record<string, number>>;
      readonly localHits: readonly string[];
    }
  /** The run is closed and all of its entries are accounted for. */
  | { readonly kind: 'forget-run'; readonly runId: string }
  | { readonly kind: 'ping' };

/** Which entry of the spool, and what to say of it in case that it is gone. */
export interface SpooledEntry {
  readonly entryId: string;
  readonly runId: string;
  readonly taskHash: string;
}

export interface LookupRequest {
  readonly runId: string;
  readonly taskHash: string;
  /** Where to restore the entry, or null to get the artifact's file itself, as Nx made it. */
  readonly target: RestoreTarget | null;
}

export interface RestoreTarget {
  /** Nx's. */
  readonly cacheDirectory: string;
  readonly layout: EntryLayout;
}

/** What the worker tells the front. */
export type WorkerMessage =
  | { readonly kind: 'looked-up'; readonly requestId: number; readonly outcome: LookupOutcome }
  | { readonly kind: 'upload-ended'; readonly upload: UploadOutcome }
  | { readonly kind: 'trouble'; readonly runId: string; readonly trouble: Trouble }
  /** Whether the worker is sending or about to send anything, for whichever run. */
  | { readonly kind: 'busy'; readonly isBusy: boolean }
  /** What earlier runs left is in hand now, as far as it can be: an `adopt-leftovers` is done with. */
  | { readonly kind: 'adopted' }
  | { readonly kind: 'pong' };

export type LookupOutcome =
  | {
      readonly kind: 'miss';
      /** Of the trouble that it is due to; null when the server does not have the artifact. */
      readonly code: string | null;
    }
  | {
      readonly kind: 'hit';
      /** Verified artifact, owned by the front from now on; null when it was restored. */
      readonly file: string | null;
      /** What the folder does not hold; null but where the layout `outputs` was restored. */
      readonly result: TaskResult | null;
      readonly sizeBytes: number;
      readonly durationMs: number;
    };

export interface UploadOutcome {
  readonly runId: string;
  readonly taskHash: string;
  /** `parked` stays in the spool for later, `dropped` is gone. */
  readonly result: 'uploaded' | 'parked' | 'dropped';
  /** Why it was not uploaded; null when it was. */
  readonly cause: NotStored | null;
  readonly sizeBytes: number;
  readonly durationMs: number;
}
