import { type CleanupStack } from '../processes/cleanup-stack.ts';
import { type LarderServer } from '../server/start-larder-server.ts';
import { type Workspace } from '../workspace/create-workspace.ts';
import { type LarderOptions, type NxJson } from '../workspace/nx-json.ts';
import { type BuildRun } from '../workspace/run-build.ts';
import { type AgentProcesses } from './agent-processes.ts';
import { type FaultyLine } from './faulty-line.ts';
import { type Setup } from './setup.ts';

/** One thing that goes wrong with the cache, and what a build may notice of it. */
export interface Fault {
  /** Completes "A build while …". */
  readonly name: string;
  /** What the server holds when the build starts: none of its artifacts, or all of them. */
  readonly cache: 'empty' | 'filled';
  /** The one warning that the build prints; null when it has no reason for any. */
  readonly warning: Warning | null | ((setup: Setup) => Warning | null);
  /** Which tasks run; those that do not come from the cache. */
  readonly executed: 'all' | 'none' | 'any' | readonly string[];
  /** A line that the build prints besides. */
  readonly says?: RegExp;
  /** Why there may be no report at the end, so that the build says nothing at all. */
  readonly mayBeSilent?: string;
  /** Options of the plugin in nx.json. */
  readonly options?: LarderOptions;
  /** Changes the nx.json that the options are in. */
  readonly changeNxJson?: (json: NxJson, nxVersion: string) => NxJson;
  /** Variables with which the cache was filled. */
  readonly filledWith?: Readonly<Record<string, string>>;
  /** How long the fault itself takes, on top of what any fault may add to a build. */
  readonly lastsMs?: number;
  /** The build is interrupted when its second wave of tasks starts, with and without the plugin. */
  readonly isInterrupted?: boolean;
  /** Why it cannot be brought about on this machine with this Nx; null when it can. */
  readonly whyNot?: (nxVersion: string) => string | null;
  readonly arrange: (stage: Stage) => Promise<Arrangement>;
}

export interface Warning {
  /** What it says is wrong, and what it says to do. */
  readonly problem: RegExp;
  readonly remedy: RegExp;
}

/** What a fault has to play with. */
export interface Stage {
  readonly workspace: Workspace;
  /** In good health. */
  readonly server: LarderServer;
  /** The way to that server; what a build is told to use unless the fault says otherwise. */
  readonly line: FaultyLine;
  /** Separates the artifacts of this build from others on the server. */
  readonly namespace: string;
  /** The plugin's own folder, new for each build. */
  readonly dataDirectory: string;
  readonly agent: AgentProcesses;
  /** Run when the agent has ended. */
  readonly cleanup: CleanupStack;
  /** One more build, from whatever the one before has left. */
  readonly buildAgain: () => Promise<BuildRun>;
}

export interface Arrangement {
  /** What the build is told to use instead of the line. */
  readonly server?: Pick<LarderServer, 'url' | 'token'>;
  readonly env?: Readonly<Record<string, string>>;
  /** Goes on while Nx runs; rejects when the fault could not be brought about. */
  readonly during?: () => Promise<void>;
  /** Throws when something is not as it has to be after the build. */
  readonly afterwards?: (build: BuildRun) => Promise<void>;
}
