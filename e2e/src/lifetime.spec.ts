import { readEnvironment } from './environment.ts';
import { createMachine, type Machine } from './machines/create-machine.ts';
import { agentProcesses, killAgent, waitUntilNoAgent } from './processes/agent-processes.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { independentTasks, shellTask } from './workspace/independent-tasks.ts';
import { latestOfEachDoor } from './workspace/nx-version.ts';
import { type ProjectLayout } from './workspace/project-layout.ts';
import { type LarderOptions } from './workspace/nx-json.ts';
import { runBuild, startDaemon, stopDaemon } from './workspace/run-build.ts';
import { startBuild } from './workspace/start-build.ts';

/** Nothing of the plugin may be left that long after the last command in CI. */
const CI_LIMIT_MS = 60_000;
/** Long enough to find the agent after the command on a slow machine. */
const IDLE_MS = 4_000;

const { nxVersions, daemonModes } = readEnvironment();

describe.each(latestOfEachDoor(nxVersions))('Nx %s', (nxVersion) => {
  describe.each(daemonModes)('with the daemon %s', (daemon) => {
    let cleanup: CleanupStack;
    let env: Readonly<Record<string, string>>;

    beforeEach(async () => {
      cleanup = createCleanupStack();
      const machine = await createMachine();
      cleanup.add(machine.remove);
      const server = await startLarderServer(machine);
      cleanup.add(server.stop);
      env = larderVariables(server);
    });

    afterEach(() => cleanup.run());

    // Both at once: agents in CI wait half a minute for another command.
    it('no process is left in CI after a command, nor after one that was killed in the middle', async () => {
      const projects = independentTasks(2);
      const ended = await openWorkspace(await createMachine(), { projects });
      const { exitCode, executed } = await runBuild(ended, { daemon, env });
      expect({ exitCode, executed: executed.length }).toEqual({ exitCode: 0, executed: 2 });

      const killed = await openWorkspace(await createMachine(), {
        projects: [...projects, endlessTask],
      });
      const nx = await startBuild(killed, { daemon, env, until: 'Working without an end' });
      const before = await agentProcesses(killed);
      expect(before.map(({ kind }) => kind)).toContain('front');
      await nx.end('SIGKILL');

      await waitUntilNoAgent(ended, { timeoutMs: CI_LIMIT_MS });
      await waitUntilNoAgent(killed, { timeoutMs: CI_LIMIT_MS });
    });

    it("the agent stays after a command on somebody's own computer, and ends by itself", async () => {
      const workspace = await openWorkspace(await createMachine({ isCi: false }), {
        projects: independentTasks(2),
        pluginOptions: { idleMs: IDLE_MS },
      });
      const { exitCode } = await runBuild(workspace, { daemon, env });
      expect(exitCode).toBe(0);
      const kinds = (await agentProcesses(workspace)).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual(['front', 'worker']);
      await waitUntilNoAgent(workspace, { timeoutMs: IDLE_MS + 30_000 });
    });

    async function openWorkspace(
      machine: Machine,
      options: {
        readonly projects: readonly ProjectLayout[];
        readonly pluginOptions?: LarderOptions;
      },
    ): Promise<Workspace> {
      cleanup.add(machine.remove);
      const workspace = await createWorkspace({ machine, nxVersion, cache: 'larder', ...options });
      cleanup.add(() => killAgent(workspace));
      cleanup.add(() => stopDaemon(workspace));
      // One that is running already, as usual; on Nx 20.8 to 21 it decides what the plugin sees.
      if (daemon === 'on') await startDaemon(workspace, env);
      return workspace;
    }
  });
});

/** Works until its machine is removed. */
const endlessTask = shellTask('endless', {
  before: 'echo Working without an end; while [ -e "$LARDER_E2E_EXECUTIONS" ]; do sleep 0.1; done',
});
