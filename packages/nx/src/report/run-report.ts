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

export interface TaskRecord {
  readonly taskHash: string;
  readonly artifactHash: string;
  readonly lookup: 'hit' | 'miss' | null;
  readonly store: 'uploaded' | 'pending' | 'dropped' | null;
  readonly sizeBytes: number | null;
  readonly durationMs: number | null;
}
