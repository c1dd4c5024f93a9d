import type { CiIdentity } from './ci-identity.ts';

/** Which part of the cache a run may use. */
export type CacheMode = 'read-write' | 'read' | 'write' | 'off';

/**
 * What `nx.json` may hold, under the plugin's `options` (Nx 20.8 and later) or under
 * `tasksRunnerOptions.<name>.options` (Nx 16 to 20; still read by later versions).
 */
export interface LarderOptions {
  /**
   * Base address of the cache server, with http or https, without credentials; a path is allowed.
   * Default: Vercel, `https://api.vercel.com`.
   */
  readonly url?: string;
  /** Credential for the server. Belongs into `LARDER_TOKEN`, not into a file under version control. */
  readonly token?: string;
  /** Id of the team that owns the artifacts, such as `team_1a2b`. */
  readonly teamId?: string;
  /** Name of the team in the server's addresses; an alternative to `teamId`. */
  readonly slug?: string;
  /**
   * Key that signs artifacts and verifies them, taken byte by byte as it stands. With a key, an
   * artifact without a right signature is a miss. Belongs into `LARDER_SIGNATURE_KEY`.
   */
  readonly signatureKey?: string;
  /** Separates repositories that share a team: only equal namespaces share artifacts. Default: empty. */
  readonly namespace?: string;
  /** Which part of the cache is used. Default: `read-write`. `LARDER_MODE` wins over all modes here. */
  readonly mode?: CacheMode;
  /** In CI in place of `mode`. */
  readonly ciMode?: CacheMode;
  /** Everywhere but in CI in place of `mode`: `read` keeps what developers build to themselves. */
  readonly localMode?: CacheMode;
  /** Time to the first byte of the answer to a lookup, in milliseconds; later is a miss. Default: 1500. */
  readonly lookupTimeoutMs?: number;
  /**
   * A restore is abandoned when it lasts longer than both this, in milliseconds, and the task itself
   * took. Default: 10000.
   */
  readonly minDownloadMs?: number;
  /** How long the end of a command waits for its uploads in CI, in milliseconds. Default: 60000. */
  readonly uploadDeadlineMs?: number;
  /**
   * How long the background process waits before it tries again to upload what the server could not
   * be reached for, in milliseconds; each further wait is twice as long, up to a minute. Default: 5000.
   */
  readonly uploadRetryMs?: number;
  /** Parallel uploads. Default: 8. */
  readonly uploadConcurrency?: number;
  /** Parallel lookups and downloads. Default: 32. */
  readonly lookupConcurrency?: number;
  /**
   * Bytes of artifacts that may wait for their task's exact duration until the command ends.
   * Default: 1048576 (1 MiB).
   */
  readonly maxHeldBytes?: number;
  /** Bytes of artifacts that may wait on disk for a later upload. Default: 2147483648 (2 GiB). */
  readonly maxSpoolBytes?: number;
  /** How long an artifact may wait on disk for its upload, in milliseconds. Default: 7 days. */
  readonly maxSpoolAgeMs?: number;
  /**
   * How long the background process stays without work, in milliseconds.
   * Default: 300000 (5 minutes), in CI 0.
   */
  readonly idleMs?: number;
  /** Folder of the plugin's own files, absolute or relative to the workspace. Default: chosen by the plugin. */
  readonly dataDirectory?: string;
  /**
   * File that the report of each command is written to as JSON, absolute or relative to the workspace.
   * Default: none.
   */
  readonly reportFile?: string;
}

export type OptionName = keyof LarderOptions;

/** Every option settled. `null`: not set, and there is no default. Holds secrets: never log it. */
export interface ResolvedOptions {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token: string | null;
  /** What a token is got with where none is set; null where there is a token, or no such identity. */
  readonly identity: CiIdentity | null;
  readonly teamId: string | null;
  readonly slug: string | null;
  readonly signatureKey: string | null;
  readonly namespace: string;
  /** The one that counts here, whichever option or variable it comes from. */
  readonly mode: CacheMode;
  readonly ciMode: CacheMode | null;
  readonly localMode: CacheMode | null;
  readonly lookupTimeoutMs: number;
  readonly minDownloadMs: number;
  readonly uploadDeadlineMs: number;
  readonly uploadRetryMs: number;
  readonly uploadConcurrency: number;
  readonly lookupConcurrency: number;
  readonly maxHeldBytes: number;
  readonly maxSpoolBytes: number;
  readonly maxSpoolAgeMs: number;
  readonly idleMs: number;
  readonly dataDirectory: string | null;
  readonly reportFile: string | null;
  /** Where each value came from: a variable's name, a place in nx.json, or `default`. */
  readonly sources: Readonly<Record<OptionName, string>>;
  /** Whether there is a token, or a way to get one. Without, the remote cache is not used. */
  readonly isConfigured: boolean;
  readonly isCi: boolean;
  /** Sentences for the user: settings that were ignored or look like a mistake. */
  readonly warnings: readonly string[];
}
