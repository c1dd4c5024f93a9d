import type { ArtifactFormat } from '../identity/artifact-hash.ts';

/** What one Nx command got from the remote cache and gave to it. */
export interface RunReport {
  readonly runId: string;
  readonly url: string;
  /** Those in which Nx asked for artifacts or stored them. */
  readonly formats: readonly ArtifactFormat[];
  /** Tasks that were looked up and found. */
  readonly hits: number;
  /** Tasks that were looked up and not found. */
  readonly misses: number;
  /** Sum of the running times of the tasks that were found, in milliseconds. */
  readonly savedMs: number;
  readonly downloadedBytes: number;
  /** Artifacts that the server has accepted. */
  readonly uploads: number;
  readonly uploadedBytes: number;
  /** Artifacts that are still on this machine; the agent or a later run sends them. */
  readonly pendingUploads: number;
  /** The first trouble of the run, if any: the cache did without, the command did not notice. */
  readonly trouble: Trouble | null;
  readonly tasks: readonly TaskRecord[];
}

/** An error as it is shown to people. Holds no secrets. */
export interface Trouble {
  /** Listed in docs/errors.md. */
  readonly code: string;
  /** What happened, without a final dot. */
  readonly summary: string;
  /** The error's own message, with the request that failed. */
  readonly detail: string;
  /** One sentence on what to do. */
  readonly hint: string;
}

/** What became of one task. Tasks that Nx has not even hashed have none. */
export interface TaskRecord {
  /** `project:target` or `project:target:configuration`; null where Nx did not say. */
  readonly taskId: string | null;
  readonly taskHash: string;
  readonly artifactHash: string;
  /** How the task ended in Nx's own word, such as `success` or `remote-cache`; null where Nx did not say. */
  readonly status: string | null;
  /** The cache that the result came from; `none`: the task ran. Null when that is not known. */
  readonly source: TaskSource | null;
  /** What the server answered; null when it was not asked. */
  readonly lookup: 'hit' | 'miss' | null;
  /** Of the trouble that a miss is due to, listed in docs/errors.md; null when there was none. */
  readonly missCode: string | null;
  /** `pending`: still on this machine. Null when there was nothing to store. */
  readonly store: 'uploaded' | 'pending' | 'dropped' | null;
  /** Why nothing was stored, or not yet; null when something was, and when the reason is not known. */
  readonly notStored: NotStored | null;
  readonly sizeBytes: number | null;
  readonly durationMs: number | null;
}

export type TaskSource = 'local' | 'remote' | 'none';

export interface NotStored {
  readonly reason: NotStoredReason;
  /** Of the trouble that was the cause, listed in docs/errors.md; null when there was none. */
  readonly code: string | null;
}

/**
 * `found`: the result came from a cache. `not-cacheable`: Nx does not cache the task. `failed`: the
 * task failed. `mode`: the mode of the run does not write. `read-only`: the token does not write.
 * `no-token`: the run got no token. `not-offered`: Nx did not hand it over. `in-progress`: the upload
 * goes on. `parked`: the server cannot be reached. `refused`: the server, or the archive, does not
 * take it. `lost`: it was gone, or could not be kept, before it was sent.
 */
export type NotStoredReason =
  | 'found'
  | 'not-cacheable'
  | 'failed'
  | 'mode'
  | 'read-only'
  | 'no-token'
  | 'not-offered'
  | 'in-progress'
  | 'parked'
  | 'refused'
  | 'lost';
