import { createMachine } from '../machines/create-machine.ts';
import { type CleanupStack } from '../processes/cleanup-stack.ts';
import { waitUntilNoAgent } from '../processes/agent-processes.ts';
import { larderVariables, type LarderServer } from '../server/start-larder-server.ts';
import { createWorkspace, type Workspace } from '../workspace/create-workspace.ts';
import { independentTasks } from '../workspace/independent-tasks.ts';
import { warningLines } from '../workspace/larder-lines.ts';
import { readOutputs, removeLocalCache, removeOutputs } from '../workspace/outputs.ts';
import { type Build, runBuild } from '../workspace/run-build.ts';
import { type LoadedBuild, type LoadRow } from './format-load.ts';
import { type LoadOptions } from './load-options.ts';

const OUTPUT_TAIL_LENGTH = 4_000;

export interface LoadRun extends LoadOptions {
  readonly server: LarderServer;
  readonly onRound: (row: LoadRow) => void;
}

/**
 * Builds all tasks on one machine where nothing is cached, and then on another one that has nothing
 * but the remote cache, as often as was asked for. A namespace of its own makes each round cold.
 */
export async function runLoad(
  nxVersion: string,
  cleanup: CleanupStack,
  { server, tasks, rounds, parallel, onRound }: LoadRun,
): Promise<LoadRow> {
  const here = await openWorkspace(nxVersion, tasks, cleanup);
  const elsewhere = await openWorkspace(nxVersion, tasks, cleanup);
  const results: LoadRow['rounds'][number][] = [];
  for (let round = 1; round <= rounds; round++) {
    const env = {
      ...larderVariables(server),
      LARDER_NAMESPACE: `${nxVersion}-round-${round}`,
    };
    const cold = await buildFromNothing(here, { env, parallel }, { executed: tasks, remote: 0 });
    const warm = await buildFromNothing(
      elsewhere,
      { env, parallel },
      { executed: 0, remote: tasks },
    );
    results.push({ cold, warm });
    onRound({ nxVersion, rounds: results });
  }
  return { nxVersion, rounds: results };
}

async function openWorkspace(
  nxVersion: string,
  tasks: number,
  cleanup: CleanupStack,
): Promise<Workspace> {
  const machine = await createMachine();
  cleanup.add(machine.remove);
  const workspace = await createWorkspace({
    machine,
    nxVersion,
    projects: independentTasks(tasks),
    cache: 'larder',
  });
  cleanup.add(() => waitUntilNoAgent(workspace));
  return workspace;
}

interface Expectation {
  readonly executed: number;
  readonly remote: number;
}

async function buildFromNothing(
  workspace: Workspace,
  options: { readonly env: Readonly<Record<string, string>>; readonly parallel: number },
  expectation: Expectation,
): Promise<LoadedBuild> {
  await waitUntilNoAgent(workspace);
  await removeOutputs(workspace);
  await removeLocalCache(workspace);
  let build: Build;
  try {
    build = await runBuild(workspace, options);
  } catch (error) {
    const deviations = [String(error)];
    return { seconds: null, remoteHits: 0, deviations, warnings: [], hasFailed: true };
  }
  const remoteHits = build.tasks.filter(({ source }) => source === 'remote').length;
  const deviations = [...deviationsOf(build, remoteHits, expectation)];
  const outputs = Object.values(await readOutputs(workspace));
  const files = outputs.filter((output) => output.startsWith('file ')).length;
  if (files !== workspace.projects.length) deviations.push(`${files} files are there`);
  if (build.exitCode !== 0) deviations.push(build.output.slice(-OUTPUT_TAIL_LENGTH));
  return {
    seconds: build.durationMs / 1000,
    remoteHits,
    deviations,
    warnings: warningLines(build.output),
    hasFailed: build.exitCode !== 0,
  };
}

function* deviationsOf(
  { exitCode, executed }: Build,
  remoteHits: number,
  expectation: Expectation,
): Generator<string> {
  if (exitCode !== 0) yield `exit code ${String(exitCode)}`;
  if (executed.length !== expectation.executed) yield `${executed.length} tasks were executed`;
  if (remoteHits !== expectation.remote) yield `${remoteHits} tasks came from the remote cache`;
}
