import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { createCleanupStack } from './processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace } from './workspace/create-workspace.ts';
import { independentTasks } from './workspace/independent-tasks.ts';
import { isAtLeast } from './workspace/nx-version.ts';
import { runBuild } from './workspace/run-build.ts';

/** Those that end the worker of a plugin which they think that they will not need soon. */
const versions = readEnvironment().nxVersions.filter((version) => isAtLeast(version, 22, 7));

if (versions.length > 0) {
  it.each(versions)('Nx %s starts the plugin’s worker once for a command', async (nxVersion) => {
    const cleanup = createCleanupStack();
    try {
      const machine = await createMachine();
      cleanup.add(machine.remove);
      const server = await startLarderServer(machine);
      cleanup.add(server.stop);
      const projects = independentTasks(2);
      const workspace = await createWorkspace({ machine, nxVersion, projects, cache: 'larder' });
      const { exitCode, output } = await runBuild(workspace, {
        env: { ...larderVariables(server), NX_VERBOSE_LOGGING: 'true' },
      });
      expect(exitCode).toBe(0);
      expect(output.match(/spawned worker for "@larder\/nx"/g)).toHaveLength(1);
    } finally {
      await cleanup.run();
    }
  });
}
