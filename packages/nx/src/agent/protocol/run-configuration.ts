import type { ArtifactFormat } from '../../identity/artifact-hash.ts';
import type { CiIdentity } from '../../options/ci-identity.ts';
import type { CacheMode, ResolvedOptions } from '../../options/larder-options.ts';

/** The server side that a run talks to. Runs with equal upstreams may send each other's leftovers. */
export interface Upstream {
  readonly url: string;
  readonly teamId: string | null;
  readonly slug: string | null;
  /**
   * Names what the server is shown, a token or a job's identity, without giving it away. What one
   * leaves no other may send: that one may be trusted more.
   */
  readonly credential: string;
}

type AgentOption =
  | 'signatureKey'
  | 'namespace'
  | 'mode'
  | 'isCi'
  | 'lookupTimeoutMs'
  | 'minDownloadMs'
  | 'lookupConcurrency'
  | 'uploadConcurrency'
  | 'uploadDeadlineMs'
  | 'uploadRetryMs'
  | 'maxHeldBytes'
  | 'maxSpoolBytes'
  | 'maxSpoolAgeMs'
  | 'idleMs';

/** Everything that the agent has to know about one Nx command. Holds secrets: never log it. */
export interface RunConfiguration extends Pick<ResolvedOptions, AgentOption> {
  readonly upstream: Upstream;
  /** Null where it is still to be got with the identity. */
  readonly token: string | null;
  readonly identity: CiIdentity | null;
  /** Format of the artifacts that Nx is likely to ask for; each request says for itself. */
  readonly expectedFormat: ArtifactFormat;
  readonly startEstimate: StartEstimate;
  /**
   * Hashes of the tasks that are going to be looked up one by one in the expected format, as far as
   * the door knows them.
   */
  readonly expectedTasks: readonly string[];
  /** Nx's folder of terminal outputs, whose files tell when a task ended; null when unknown. */
  readonly terminalOutputsFolder: string | null;
  /**
   * Whether the server must hear nothing of the run until Nx looks something up or stores it: the
   * command may have been told to skip its cache without the door being able to know.
   */
  readonly waitsForUse: boolean;
  /**
   * Whether bodies that Nx made of tasks that failed may be stored: some Nx would take them for
   * successes. (None does when it gets the exit code with a folder.)
   */
  readonly storesFailures: boolean;
}

/** A configuration with which the server can be asked. */
export interface AuthorizedConfiguration extends RunConfiguration {
  readonly token: string;
}

/**
 * How this version of Nx asks for artifacts, and so what a lookup tells about a task's start.
 * `start-is-lookup`: Nx counts the time of the lookup as the task's: it began when Nx asked (Nx 20.8
 * to 22.6).
 * `start-is-miss`: Nx starts the task as soon as the lookup has missed (Nx 22.7).
 * `start-follows-miss`: Nx asks when the task could start; when more than `parallel` tasks could,
 * some of them wait for a slot (Nx 23 and later).
 */
export type StartEstimate =
  | { readonly kind: 'start-is-lookup' }
  | { readonly kind: 'start-is-miss' }
  | { readonly kind: 'start-follows-miss'; readonly parallel: number };

export function isSameUpstream(a: Upstream, b: Upstream): boolean {
  return (
    a.url === b.url && a.teamId === b.teamId && a.slug === b.slug && a.credential === b.credential
  );
}

export function mayRead(mode: CacheMode): boolean {
  return mode === 'read-write' || mode === 'read';
}

export function mayWrite(mode: CacheMode): boolean {
  return mode === 'read-write' || mode === 'write';
}
