/**
 * What Nx hands to its hooks and runners, as far as Larder looks at it. Nx 16 to 24 agree on this
 * much; Nx's own types differ between versions and stay out of this package's declarations.
 */
export interface NxJson {
  readonly plugins?: readonly (string | NxPluginEntry)[] | undefined;
  readonly tasksRunnerOptions?: Readonly<Record<string, NxRunnerEntry | undefined>> | undefined;
  /** Only handed back to Nx. */
  readonly targetDefaults?: unknown;
  readonly parallel?: string | number | boolean | undefined;
  readonly nxCloudId?: unknown;
  readonly nxCloudAccessToken?: unknown;
  readonly neverConnectToCloud?: boolean | undefined;
  /** Nx 20: no cache but the former, file-based one is used, which asks no plugin. */
  readonly useLegacyCache?: boolean | undefined;
  /** Nx 19: the cache with a database is used, which asks no tasks runner. */
  readonly enableDbCache?: boolean | undefined;
  /** In a workspace whose Nx is started by the wrapper in `.nx`, in place of package.json. */
  readonly installation?: NxInstallation | undefined;
}

export interface NxPluginEntry {
  readonly plugin: string;
  readonly options?: unknown;
}

export interface NxInstallation {
  readonly plugins?: Readonly<Record<string, string>> | undefined;
}

export interface NxRunnerEntry {
  readonly runner?: string | undefined;
  readonly options?: unknown;
}

export interface NxTask {
  hash?: string | undefined;
  hashDetails?: unknown;
  /** Whether Nx caches it; Nx 16 does not say. */
  readonly cache?: boolean | undefined;
  /** What the command line holds for the task. */
  overrides?: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds since the epoch, as is `endTime`. */
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

/** Context of `preTasksExecution`. Nx before 21.4 gives neither an id nor a command line. */
export interface PreContext {
  readonly id?: string | undefined;
  readonly workspaceRoot: string;
  readonly nxJsonConfiguration: NxJson;
  readonly argv?: readonly string[] | undefined;
}

/** Context of `postTasksExecution`. */
export interface PostContext extends PreContext {
  readonly taskResults: Readonly<
    Record<
      string,
      {
        readonly task: NxTask;
        /** `success`, `failure`, `local-cache`, `local-cache-kept-existing`, `remote-cache` and others. */
        readonly status?: string | undefined;
      }
    >
  >;
}

/** Context of a tasks runner, Nx 16 to 20. */
export interface RunnerContext {
  readonly nxJson: NxJson;
  readonly taskGraph?: { readonly tasks: Readonly<Record<string, NxTask>> } | undefined;
  readonly nxArgs?:
    | {
        readonly skipNxCache?: boolean | undefined;
        readonly skipRemoteCache?: boolean | undefined;
      }
    | undefined;
}
