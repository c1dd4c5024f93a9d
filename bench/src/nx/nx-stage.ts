import { setTimeout as sleep } from 'node:timers/promises';
import { createMachine } from '@larder/e2e/machines/create-machine';
import { type LineShape } from '@larder/e2e/network/line';
import { type ShapedProxy } from '@larder/e2e/network/shaped-proxy';
import { startShapedProxy } from '@larder/e2e/network/start-shaped-proxy';
import { killAgent } from '@larder/e2e/processes/agent-processes';
import { createCleanupStack } from '@larder/e2e/processes/cleanup-stack';
import { type LarderServer, startLarderServer } from '@larder/e2e/server/start-larder-server';
import {
  createWorkspace,
  type Workspace,
  writeNxJson,
} from '@larder/e2e/workspace/create-workspace';
import { larderLines, warningLines } from '@larder/e2e/workspace/larder-lines';
import { removeLocalCache, removeOutputs } from '@larder/e2e/workspace/outputs';
import { type ProjectLayout } from '@larder/e2e/workspace/project-layout';
import { runNx } from '@larder/e2e/workspace/run-nx';
import { readRunRecord, type TaskSource } from '@larder/e2e/workspace/run-record';
import { memoryFolder } from '../memory/memory-folder.ts';
import { createSubjectGroup } from '../processes/bench-group.ts';
import { type Cost } from '../processes/cost.ts';
import { type ProcessGroup } from '../processes/process-group.ts';
import { type Wiring } from './wiring.ts';

const COMMAND = ['run-many', '-t', 'build', '--parallel=3', '--output-style=static'];
const POLL_MS = 5;

export interface NxStageOptions {
  readonly wiring: Wiring;
  readonly nxVersion: string;
  readonly projects: readonly ProjectLayout[];
  /** What lies between the workspace and its server. */
  readonly line: LineShape;
  /** Whether the command waits for its uploads; true by default. */
  readonly isCi?: boolean;
}

/** A workspace in memory that is built again and again, with a server that only it uses. */
export interface NxStage {
  /** Nothing is in any cache, and the server is new. */
  buildCold(): Promise<Cost>;
  /** All is on the server, put there by the first call, and nothing on this machine. */
  buildWarm(): Promise<Cost>;
  /** All is in Nx's own cache, put there by the first call; the agent, where there is one, is running. */
  buildCached(): Promise<Cost>;
  remove(): Promise<void>;
}

export async function createNxStage(options: NxStageOptions): Promise<NxStage> {
  const { wiring, nxVersion, projects, line, isCi = true } = options;
  const cleanup = createCleanupStack();
  const machine = await createMachine({ isCi, parent: memoryFolder() });
  cleanup.add(machine.remove);
  const workspace = await createWorkspace({
    machine,
    nxVersion,
    projects,
    cache: 'local',
    installation: wiring.installation(nxVersion),
  });
  await writeNxJson(workspace, wiring.nxJson(nxVersion));
  await wiring.prepare?.(workspace);
  cleanup.add(() => killAgent(workspace));
  let service: Service | null = null;
  cleanup.add(async () => service?.stop());

  const variables = () => wiring.variables(service ?? { url: '', token: '' });

  async function build(source: TaskSource, { endsAgent = !isCi } = {}): Promise<Cost> {
    const { cost, output } = await runMeasured(workspace, variables(), async () => {
      if (endsAgent) await killAgent(workspace);
    });
    await expectSource(workspace, source);
    if (isCi && source === 'executed' && wiring.isLarder) expectStored(output, projects.length);
    return cost;
  }

  async function clear(): Promise<void> {
    await removeOutputs(workspace);
    await removeLocalCache(workspace);
  }

  async function renewService(): Promise<void> {
    await service?.stop();
    service = await startService(line);
  }

  return {
    async buildCold() {
      await clear();
      await renewService();
      return build('executed');
    },
    async buildWarm() {
      if (service === null) {
        await renewService();
        await clear();
        await build('executed');
      }
      await clear();
      return build('remote');
    },
    async buildCached() {
      if (service === null) {
        await renewService();
        // Outside of what is measured, where the agent will stay.
        await runBuild(workspace, variables());
      }
      return build('local', { endsAgent: false });
    },
    remove: cleanup.run,
  };
}

/** A new server at the end of a line. */
interface Service extends Pick<LarderServer, 'url' | 'token'> {
  stop(): Promise<void>;
}

async function startService(line: LineShape): Promise<Service> {
  const cleanup = createCleanupStack();
  const machine = await createMachine({ parent: memoryFolder() });
  cleanup.add(machine.remove);
  const server = await startLarderServer(machine);
  cleanup.add(server.stop);
  const proxy: ShapedProxy = await startShapedProxy({ target: server.url, shape: line });
  cleanup.add(proxy.close);
  return { url: proxy.url, token: server.token, stop: cleanup.run };
}

/** CPU time is that of the command and of all that it left running, until that has ended. */
async function runMeasured(
  workspace: Workspace,
  variables: Record<string, string>,
  afterwards: () => Promise<void>,
): Promise<{ readonly cost: Cost; readonly output: string }> {
  const group = createSubjectGroup();
  const { output, wallMs } = await group.startIn(() => runBuild(workspace, variables));
  await afterwards();
  await untilEmpty(group);
  const cost = { cpuMs: group.cpuMs(), wallMs, peakRssMb: null };
  await group.remove();
  return { cost, output };
}

/** Has started the command when it returns. */
function runBuild(
  workspace: Workspace,
  variables: Record<string, string>,
): Promise<{ readonly wallMs: number; readonly output: string }> {
  const running = runNx(workspace, COMMAND, { ...variables, NX_DAEMON: 'false' });
  return running.then(({ exitCode, stdout, stderr, durationMs: wallMs }) => {
    const output = stdout + stderr;
    if (exitCode !== 0) throw new Error(`The build failed.\n${output.slice(-2000)}`);
    return { wallMs, output };
  });
}

async function untilEmpty(group: ProcessGroup): Promise<void> {
  while (group.pids().length > 0) await sleep(POLL_MS);
}

async function expectSource(workspace: Workspace, source: TaskSource): Promise<void> {
  const tasks = await readRunRecord(workspace);
  const others = tasks.filter((task) => task.source !== source).length;
  if (others > 0 || tasks.length !== workspace.projects.length) {
    throw new Error(`${others} of ${tasks.length} tasks were not ${source}.`);
  }
}

function expectStored(output: string, count: number): void {
  const hasStoredAll = larderLines(output).some((line) => line.includes(`${count} stored`));
  if (!hasStoredAll || warningLines(output).length > 0) {
    throw new Error(`Not all of it was stored.\n${output.slice(-2000)}`);
  }
}
