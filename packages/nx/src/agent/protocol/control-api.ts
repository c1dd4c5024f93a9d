import type { EntryLayout, TaskResult } from '../../nx-facts/cache-entry.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { FinishedCommand } from './finished-command.ts';
import type { RunConfiguration } from './run-configuration.ts';

/**
 * The agent's own endpoints, beside Nx's cache protocol under `/v1/cache/`.
 * `openRun`, `closeRun` and `drain` are called with the agent's secret, `retrieve` and `store` with a
 * run's token, `health` with either.
 */
export const controlPaths = {
  health: '/larder/health',
  openRun: '/larder/runs/open',
  closeRun: '/larder/runs/close',
  drain: '/larder/drain',
  retrieve: '/larder/retrieve',
  store: '/larder/store',
} as const;

/** Nx's own protocol: `GET` and `PUT` of `/v1/cache/<task hash>`. */
export const nxCachePath = '/v1/cache/';

export interface HealthAnswer {
  readonly pid: number;
  readonly version: string;
  /** Commands that are under way. */
  readonly openRuns: number;
  /** Artifacts of these and of former commands that are being uploaded. */
  readonly uploads: number;
}

export interface OpenRunRequest {
  /** The process whose end also ends the run. */
  readonly ownerPid: number;
  /** Nx's own id of the command, where it gives one: `closeRun` can name the run by it. */
  readonly contextId: string | null;
  readonly configuration: RunConfiguration;
}

export interface OpenRunAnswer {
  readonly runId: string;
  /** Bearer token of every later request of this run. */
  readonly token: string;
}

export interface CloseRunRequest {
  readonly run: RunReference;
  /** Exact running times by task hash, in milliseconds. */
  readonly durationsMs: Readonly<Record<string, number>>;
  /** Hashes of the tasks that Nx had in its own cache, as far as the door knows. */
  readonly localHits?: readonly string[];
  /** What Nx knows of the command, for the record; nothing where it ended without a word. */
  readonly command?: FinishedCommand;
}

/** How a door names the run that it closes: Nx 20.8 gives its hooks no id, only the tasks' hashes. */
export type RunReference =
  | { readonly by: 'id'; readonly runId: string }
  | { readonly by: 'context'; readonly contextId: string }
  | { readonly by: 'tasks'; readonly taskHashes: readonly string[] };

/** `closeRun` answers with one JSON object a line: any number of these, the report last. */
export type CloseRunLine =
  | { readonly kind: 'progress'; readonly pendingUploads: number; readonly pendingBytes: number }
  | { readonly kind: 'report'; readonly report: RunReport };

/** Directory protocol: the agent fills or packs `<cacheDirectory>/<taskHash>` itself. */
export interface RetrieveRequest {
  readonly taskHash: string;
  readonly cacheDirectory: string;
  readonly layout: EntryLayout;
}

export interface RetrieveAnswer {
  readonly isHit: boolean;
  /** What the folder does not hold; null for a miss and for the layout `parts`. */
  readonly result: TaskResult | null;
}

export interface StoreRequest {
  readonly taskHash: string;
  readonly cacheDirectory: string;
  /** How long the task ran; null where the door does not know. */
  readonly durationMs: number | null;
  /** What the folder, in the layout `outputs`, does not hold; null for the layout `parts`. */
  readonly result: TaskResult | null;
}
