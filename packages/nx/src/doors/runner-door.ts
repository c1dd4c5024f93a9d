import { openRun, type OpenedRun } from '../agent/launch/agent-client.ts';
import type { NxJson, NxTask, RunnerContext } from '../nx-facts/nx-contexts.ts';
import { hasDatabaseCache } from '../nx-facts/has-database-cache.ts';
import { hasHooksDoor, installedNxVersion, type NxVersion } from '../nx-facts/nx-version.ts';
import { requireNx } from '../nx-facts/require-nx.ts';
import { findFastLane } from '../nx-facts/rival-cache.ts';
import { skipsCache, withdrawSkipFlags } from '../nx-facts/skip-flags.ts';
import { terminalOutputsFolder } from '../nx-facts/terminal-outputs-folder.ts';
import { readEnvironment, type LarderEnvironment } from '../options/environment.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import { formatTrouble } from '../report/format-report.ts';
import { toTrouble } from '../report/trouble.ts';
import { findDataDirectory } from './data-directory.ts';
import { endRun } from './end-run.ts';
import { reportOutlets, type ReportOutlets } from './report-outlets.ts';
import { finishedCommand, type EndedTask } from './finished-command.ts';
import { closeFastLane, openFastLane } from './fast-lane-variables.ts';
import { fastLaneUnused, noticesOf } from './notices.ts';
import { isUsable, openRunRequest } from './open-run-request.ts';
import { isListedAsPlugin } from './runner-options.ts';

/** Nx's own runner is handed through as it is: whatever it takes and returns. */
type NxTasksRunner = (
  tasks: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  context: RunnerContext,
) => unknown;

/** Nx's interface for remote caches of Nx 16 to 20. A throw in either would fail the command. */
interface RemoteCache {
  retrieve(taskHash: string, cacheDirectory: string): Promise<boolean>;
  store(taskHash: string, cacheDirectory: string): Promise<boolean>;
}

/**
 * Tasks runner of Nx 16 to 20: Nx's default runner with a remote cache. Opens a run with the agent,
 * lets the agent fill and pack the folders of Nx's cache, and closes the run before it returns.
 */
export async function runTasks(
  tasks: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  context: RunnerContext,
): Promise<unknown> {
  const nxRunner = defaultRunner();
  const command = await openCommand(options, context);
  if (!command) return nxRunner(tasks, options, context);
  const { run, isFastLane } = command;
  const warnOnce = createWarnOnce();
  const allTasks = context.taskGraph?.tasks ?? {};
  const remoteCache = createRemoteCache(run, allTasks, warnOnce);
  let statuses: unknown = null;
  try {
    statuses = await nxRunner(tasks, isFastLane ? options : { ...options, remoteCache }, context);
    return statuses;
  } finally {
    closeFastLane(process.env);
    await closeCommand(command, endedTasks(allTasks, statuses, options), warnOnce);
  }
}

interface RunnerCommand {
  readonly run: OpenedRun;
  /** Nx is going to load the fast lane itself. */
  readonly isFastLane: boolean;
  readonly nxVersion: NxVersion;
  readonly outlets: ReportOutlets;
}

async function openCommand(
  runnerOptions: Readonly<Record<string, unknown>>,
  context: RunnerContext,
): Promise<RunnerCommand | null> {
  try {
    closeFastLane(process.env);
    const environment = readEnvironment();
    const nxVersion = installedNxVersion();
    withdrawSkipFlags(process.argv, context.taskGraph?.tasks ?? {});
    if (
      isLeftToHooks(nxVersion, context.nxJson) ||
      isSkipped(runnerOptions, context, environment)
    ) {
      return null;
    }
    const options = resolveOptions({ runnerOptions, environment });
    noticesOf(options).forEach(print);
    if (!isUsable(options)) return null;
    const root = workspaceRoot();
    const { nxJson } = context;
    const fastLane = findFastLane({
      nxJson,
      nxVersion,
      environment: environment.nx,
      workspaceRoot: root,
    });
    const isFastLane = fastLane !== null && nxVersion.major >= 20 && hasDatabaseCache(nxJson);
    if (fastLane !== null && !isFastLane) print(fastLaneUnused(fastLane, nxVersion));
    // From 20.0 on Nx asks a runner's remote cache only when its former, file-based cache is on.
    if (nxVersion.major >= 20 && !isFastLane) process.env.NX_DB_CACHE = 'false';
    const run = await openRun(
      findDataDirectory({
        workspaceRoot: root,
        configured: options.dataDirectory,
        nxVersion,
      }),
      openRunRequest(options, {
        ownerPid: process.pid,
        contextId: null,
        expectedFormat: 'tar.br',
        startEstimate: { kind: 'start-is-lookup' },
        expectedTasks: hashesOf(context),
        terminalOutputsFolder: isFastLane ? terminalOutputsFolder() : null,
        waitsForUse: false,
        storesFailures: true,
      }),
      process.env,
    );
    if (isFastLane) openFastLane(process.env, run);
    return { run, isFastLane, nxVersion, outlets: reportOutlets(options, environment, root) };
  } catch (error) {
    warn(error);
    return null;
  }
}

async function closeCommand(
  { run, nxVersion, outlets }: RunnerCommand,
  ended: readonly EndedTask[],
  warnOnce: WarnOnce,
): Promise<void> {
  try {
    const outcome = { durationsMs: {}, command: finishedCommand('runner', nxVersion, ended) };
    await endRun({ close: (onProgress) => run.close(outcome, onProgress), print, outlets });
  } catch (error) {
    warnOnce(error);
  } finally {
    run.disconnect();
  }
}

/** An agent that is gone is missed by every task, and once more at the end: one word is enough. */
type WarnOnce = (error: unknown) => void;

function createWarnOnce(): WarnOnce {
  let hasWarned = false;
  return (error) => {
    if (!hasWarned) warn(error);
    hasWarned = true;
  };
}

function createRemoteCache(
  run: OpenedRun,
  tasks: Readonly<Record<string, NxTask>>,
  warnOnce: WarnOnce,
): RemoteCache {
  function durationOf(taskHash: string): number {
    const task = Object.values(tasks).find(({ hash }) => hash === taskHash);
    return task?.startTime === undefined ? 0 : Math.max(0, Date.now() - task.startTime);
  }

  return {
    async retrieve(taskHash, cacheDirectory) {
      try {
        return (await run.retrieve({ taskHash, cacheDirectory, layout: 'parts' })).isHit;
      } catch (error) {
        warnOnce(error);
        return false;
      }
    },
    async store(taskHash, cacheDirectory) {
      const durationMs = durationOf(taskHash);
      try {
        await run.store({ taskHash, cacheDirectory, durationMs, result: null });
      } catch (error) {
        warnOnce(error);
      }
      return true;
    },
  };
}

/** Nx has hashed by now what does not depend on the outputs of other tasks. */
function hashesOf({ taskGraph }: RunnerContext): string[] {
  return Object.values(taskGraph?.tasks ?? {}).flatMap(({ hash }) => hash ?? []);
}

/** `statuses` is what Nx's runner has resolved to: the status of each task that has ended, by its id. */
function endedTasks(
  tasks: Readonly<Record<string, NxTask>>,
  statuses: unknown,
  options: Readonly<Record<string, unknown>>,
): EndedTask[] {
  const known = (statuses ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(tasks).map(([id, task]) => {
    const status = known[id];
    return {
      id,
      task,
      status: typeof status === 'string' ? status : null,
      isCacheable: isListedAsCacheable(id, options),
    };
  });
}

/** Nx 16 knows from the options of the runner what it caches. */
function isListedAsCacheable(
  taskId: string,
  { cacheableOperations, cacheableTargets }: Readonly<Record<string, unknown>>,
): boolean | null {
  const listed = cacheableOperations ?? cacheableTargets;
  return Array.isArray(listed) ? listed.includes(taskId.split(':')[1]) : null;
}

/** With both doors open, the plugin's hooks do the work and the runner stands aside. */
function isLeftToHooks(nxVersion: NxVersion, nxJson: NxJson): boolean {
  return hasHooksDoor(nxVersion) && isListedAsPlugin(nxJson);
}

/** Nx before 20.4 leaves it to the runner to honour what is about the remote cache alone. */
function isSkipped(
  options: Readonly<Record<string, unknown>>,
  { nxArgs }: RunnerContext,
  environment: LarderEnvironment,
): boolean {
  return (
    environment.nx.skipsCache ||
    skipsCache(process.argv) ||
    [options, nxArgs].some((each) => each?.skipNxCache === true || each?.skipRemoteCache === true)
  );
}

function defaultRunner(): NxTasksRunner {
  return (requireNx('nx/tasks-runners/default') as { default: NxTasksRunner }).default;
}

function workspaceRoot(): string {
  return (requireNx('nx/src/utils/workspace-root') as { workspaceRoot: string }).workspaceRoot;
}

function warn(error: unknown): void {
  print(formatTrouble(toTrouble(error)));
}

function print(line: string): void {
  console.log(line);
}
