import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { dataFolder, killAgent } from './processes/agent-processes.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { waitUntil } from './processes/wait-until.ts';
import { queryArtifacts } from './server/query-artifacts.ts';
import {
  larderVariables,
  type LarderServer,
  startLarderServer,
} from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { independentTasks } from './workspace/independent-tasks.ts';
import { formatOf, latestOfEachDoor } from './workspace/nx-version.ts';
import { type Build, runBuild } from './workspace/run-build.ts';
import { wireHash } from './workspace/wire-hash.ts';

const TASKS = 100;
/** The agent asks a server that is away ever more seldom, but at least once a minute. */
const ARRIVAL_TIMEOUT_MS = 90_000;

const { nxVersions } = readEnvironment();

describe.each(latestOfEachDoor(nxVersions))(
  `Nx %s on somebody's own computer, with ${TASKS} artifacts that were stored while the server was down`,
  (nxVersion) => {
    let cleanup: CleanupStack;
    let workspace: Workspace;
    let build: Build;
    let startServerAgain: () => Promise<LarderServer>;

    beforeEach(async () => {
      cleanup = createCleanupStack();
      const serverMachine = await createMachine();
      cleanup.add(serverMachine.remove);
      const server = await startLarderServer(serverMachine);
      const port = Number(new URL(server.url).port);
      await server.stop();
      startServerAgain = async () => {
        const sameServer = await startLarderServer(serverMachine, { port });
        cleanup.add(sameServer.stop);
        expect(larderVariables(sameServer)).toEqual(larderVariables(server));
        return sameServer;
      };

      const machine = await createMachine({ isCi: false });
      cleanup.add(machine.remove);
      workspace = await createWorkspace({
        machine,
        nxVersion,
        projects: independentTasks(TASKS),
        cache: 'larder',
      });
      cleanup.add(() => killAgent(workspace));
      build = await runBuild(workspace, { parallel: 8, env: larderVariables(server) });
      expect(build.exitCode).toBe(0);
      expect(build.executed).toHaveLength(TASKS);
      expect(await spooledEntries()).not.toEqual([]);
    });

    afterEach(() => cleanup.run());

    it('the agent sends all of them when the server is back, without another command', async () => {
      const server = await startServerAgain();
      await expectAllToArrive(server);
      const executed = await readFile(workspace.executionsFile, 'utf8');
      expect(executed.split('\n').filter(Boolean)).toHaveLength(TASKS);
    });

    it('a later command sends all of them when the agent is gone, without running a task', async () => {
      await killAgent(workspace);
      const server = await startServerAgain();
      const later = await runBuild(workspace, { parallel: 8, env: larderVariables(server) });
      expect(later.exitCode).toBe(0);
      expect(later.executed).toEqual([]);
      await expectAllToArrive(server);
    });

    async function expectAllToArrive(server: LarderServer): Promise<void> {
      const hashes = build.tasks.map(({ hash }) => wireHash(formatOf(nxVersion), hash));
      expect(new Set(hashes).size).toBe(TASKS);
      await waitUntil(
        'all artifacts are there',
        async () => !Object.values(await queryArtifacts(server, hashes)).includes(null),
        { timeoutMs: ARRIVAL_TIMEOUT_MS },
      );
      await waitUntil('the spool is empty', async () => (await spooledEntries()).length === 0);
    }

    /** What a killed agent was just writing is no entry, and is swept an hour later. */
    async function spooledEntries(): Promise<string[]> {
      const names = await readdir(join(dataFolder(workspace), 'spool'));
      return names.filter((name) => name.endsWith('.json'));
    }
  },
);
