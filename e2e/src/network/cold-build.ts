import { createMachine } from '../machines/create-machine.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from '../server/start-larder-server.ts';
import { type Workspace } from '../workspace/create-workspace.ts';
import { larderLines, warningLines } from '../workspace/larder-lines.ts';
import { removeLocalCache, removeOutputs } from '../workspace/outputs.ts';
import { runBuild } from '../workspace/run-build.ts';
import { type TaskRecord } from '../workspace/run-record.ts';
import { type LineShape } from './line.ts';
import { startShapedProxy } from './start-shaped-proxy.ts';

export interface ColdBuild {
  /** From the start of the first task to the end of the last one, as Nx noted them. */
  readonly taskPhaseMs: number;
  /** All of the command, the wait for its uploads included. */
  readonly commandMs: number;
}

/** Builds everything with nothing in any cache, against a new server at the end of such a line. */
export async function runColdBuild(workspace: Workspace, shape: LineShape): Promise<ColdBuild> {
  const cleanup = createCleanupStack();
  try {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const server = await startLarderServer(machine);
    cleanup.add(server.stop);
    const proxy = await startShapedProxy({ target: server.url, shape });
    cleanup.add(proxy.close);
    await removeOutputs(workspace);
    await removeLocalCache(workspace);
    const { exitCode, output, tasks, durationMs } = await runBuild(workspace, {
      env: larderVariables({ url: proxy.url, token: server.token }),
    });
    const isCold =
      exitCode === 0 &&
      tasks.length === workspace.projects.length &&
      tasks.every(({ source }) => source === 'executed');
    const hasStoredAll = larderLines(output).some((line) =>
      line.includes(`${tasks.length} stored`),
    );
    if (!isCold || !hasStoredAll || warningLines(output).length > 0) {
      throw new Error(`This was no cold build with a working cache.\n${output.slice(-1000)}`);
    }
    return { taskPhaseMs: taskPhaseOf(tasks), commandMs: durationMs };
  } finally {
    await cleanup.run();
  }
}

function taskPhaseOf(tasks: readonly TaskRecord[]): number {
  return (
    Math.max(...tasks.map(({ endTimeMs }) => endTimeMs)) -
    Math.min(...tasks.map(({ startTimeMs }) => startTimeMs))
  );
}
