import { closeRun, openRun } from '../agent/launch/agent-client.ts';
import type { RunReference } from '../agent/protocol/control-api.ts';
import type { StartEstimate } from '../agent/protocol/run-configuration.ts';
import type { NxJson, PostContext, PreContext } from '../nx-facts/nx-contexts.ts';
import {
  hasHooksDoor,
  installedNxVersion,
  lookupTiming,
  takesFailuresForSuccesses,
  type NxVersion,
} from '../nx-facts/nx-version.ts';
import { findFastLane } from '../nx-facts/rival-cache.ts';
import { skipsCache } from '../nx-facts/skip-flags.ts';
import { terminalOutputsFolder } from '../nx-facts/terminal-outputs-folder.ts';
import { parallelLimit } from '../nx-facts/parallel-limit.ts';
import type { LarderEnvironment } from '../options/environment.ts';
import type { LarderOptions, ResolvedOptions } from '../options/larder-options.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import { formatTrouble } from '../report/format-report.ts';
import { toTrouble } from '../report/trouble.ts';
import { findDataDirectory } from './data-directory.ts';
import { endRun } from './end-run.ts';
import { closeFastLane, openFastLane } from './fast-lane-variables.ts';
import { finishedCommand } from './finished-command.ts';
import { hookCommand, type HookCommand } from './hook-command.ts';
import { fastLaneUnused, noticesOf } from './notices.ts';
import { obstacleOf, rivalSources } from './obstacle.ts';
import { isUsable, openRunRequest } from './open-run-request.ts';
import { reportOutlets } from './report-outlets.ts';
import { isNamedAsRunner, runnerOptionsOf } from './runner-options.ts';

/**
 * Nx's hook before the tasks of a command: opens a run with the agent and points Nx's own cache
 * client at it. Never throws: a throw would fail the command.
 */
export async function preTasksExecution(
  pluginOptions: LarderOptions | undefined,
  context: PreContext,
): Promise<void> {
  // Nx sees what is assigned here only on the object that it has just put in place for this call:
  // while the hook of another command runs in the same process, `process.env` is that one's.
  const variables = process.env;
  try {
    closeFastLane(variables);
    const nxVersion = installedNxVersion();
    const command = await hookCommand(context, nxVersion);
    const { environment, pid, isCertain } = command;
    if (isSkipped(context, environment)) return;
    if (isLeftToRunner(nxVersion, context.nxJsonConfiguration)) return;
    const options = settle(pluginOptions, context.nxJsonConfiguration, environment);
    const obstacle = obstacleOf(options, { nxVersion, context, environment });
    for (const line of obstacle === null ? noticesOf(options) : [obstacle]) print(line);
    if (obstacle !== null || !isUsable(options)) return;
    const fastLane = findFastLane(rivalSources({ nxVersion, context, environment }));
    const run = await openRun(
      findDataDirectory({
        workspaceRoot: context.workspaceRoot,
        configured: options.dataDirectory,
        nxVersion,
      }),
      openRunRequest(options, {
        ownerPid: pid,
        contextId: context.id ?? null,
        expectedFormat: fastLane === null ? 'nx.tar.gz' : 'tar.br',
        startEstimate: startEstimate(nxVersion, context, environment),
        expectedTasks: [],
        terminalOutputsFolder: terminalOutputsFolder(),
        waitsForUse: !isCertain,
        storesFailures: !mayStoreFalseSuccesses(nxVersion, command),
      }),
      variables,
    );
    run.disconnect();
    // Nx carries over what its hook assigns, to whichever process reads it.
    variables.NX_SELF_HOSTED_REMOTE_CACHE_SERVER = run.url;
    variables.NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN = run.token;
    if (fastLane !== null) openFastLane(variables, run);
    if (environment.hasHttpProxy) bypassProxy(variables, environment.noProxy);
  } catch (error) {
    warn(error);
  }
}

/** Nx's hook after the tasks of a command: closes the run and reports. Never throws. */
export async function postTasksExecution(
  pluginOptions: LarderOptions | undefined,
  context: PostContext,
): Promise<void> {
  try {
    const nxVersion = installedNxVersion();
    const { environment } = await hookCommand(context, nxVersion);
    if (isSkipped(context, environment)) return;
    const options = settleAgain(pluginOptions, context.nxJsonConfiguration, environment);
    if (!options || !isUsable(options)) return;
    if (obstacleOf(options, { nxVersion, context, environment }) !== null) return;
    const results = Object.values(context.taskResults);
    const tasks = results.map(({ task }) => task);
    const localHits = results.flatMap(({ task, status }) =>
      task.hash !== undefined && status?.startsWith('local-cache') === true ? [task.hash] : [],
    );
    const durationsMs: Record<string, number> = {};
    for (const { hash, startTime, endTime } of tasks) {
      if (hash !== undefined && startTime !== undefined && endTime !== undefined) {
        durationsMs[hash] = endTime - startTime;
      }
    }
    const run: RunReference =
      context.id === undefined
        ? { by: 'tasks', taskHashes: tasks.map(({ hash }) => hash ?? '') }
        : { by: 'context', contextId: context.id };
    const ended = Object.entries(context.taskResults).map(([id, { task, status }]) => ({
      id,
      task,
      status: status ?? null,
    }));
    const command = finishedCommand('hooks', nxVersion, ended);
    const dataDirectory = findDataDirectory({
      workspaceRoot: context.workspaceRoot,
      configured: options.dataDirectory,
      nxVersion,
    });
    const report = await endRun({
      close: (onProgress) =>
        closeRun(dataDirectory, { run, durationsMs, localHits, command }, onProgress),
      print,
      outlets: reportOutlets(options, environment, context.workspaceRoot),
    });
    if (!report || report.formats.length === 0 || report.formats.includes('tar.br')) return;
    const fastLane = findFastLane(rivalSources({ nxVersion, context, environment }));
    if (fastLane !== null) print(fastLaneUnused(fastLane, nxVersion));
  } catch (error) {
    warn(error);
  }
}

/** To find a failure the agent has to read through every artifact, so only where there may be one. */
function mayStoreFalseSuccesses(
  nxVersion: NxVersion,
  { environment, isEnvironmentCertain }: HookCommand,
): boolean {
  const mayStoreFailures = environment.nx.storesFailures || !isEnvironmentCertain;
  return mayStoreFailures && takesFailuresForSuccesses(nxVersion);
}

function isSkipped(
  { argv = [] }: PreContext | PostContext,
  environment: LarderEnvironment,
): boolean {
  return environment.nx.skipsCache || skipsCache(argv);
}

/** The runner says what there is to say, and does the work. */
function isLeftToRunner(nxVersion: NxVersion, nxJson: NxJson): boolean {
  return !hasHooksDoor(nxVersion) && isNamedAsRunner(nxJson);
}

function settle(
  pluginOptions: LarderOptions | undefined,
  nxJson: NxJson,
  environment: LarderEnvironment,
) {
  return resolveOptions({ pluginOptions, runnerOptions: runnerOptionsOf(nxJson), environment });
}

/** Null for options that are wrong: the hook before the tasks has said so. */
function settleAgain(...inputs: Parameters<typeof settle>): ResolvedOptions | null {
  try {
    return settle(...inputs);
  } catch {
    return null;
  }
}

function startEstimate(
  nxVersion: NxVersion,
  context: PreContext,
  environment: LarderEnvironment,
): StartEstimate {
  const timing = lookupTiming(nxVersion);
  if (timing === 'within') return { kind: 'start-is-lookup' };
  if (timing === 'before') return { kind: 'start-is-miss' };
  const parallel = parallelLimit({
    argv: context.argv ?? [],
    environment: environment.nx.parallel,
    nxJson: context.nxJsonConfiguration.parallel ?? null,
  });
  return { kind: 'start-follows-miss', parallel };
}

/** Nx's cache client obeys proxy variables even for this machine's own addresses. */
function bypassProxy(variables: NodeJS.ProcessEnv, noProxy: string | null): void {
  const hosts = noProxy === null ? '127.0.0.1' : `${noProxy},127.0.0.1`;
  variables.NO_PROXY = hosts;
  variables.no_proxy = hosts;
}

function warn(error: unknown): void {
  print(formatTrouble(toTrouble(error)));
}

function print(line: string): void {
  console.log(line);
}
