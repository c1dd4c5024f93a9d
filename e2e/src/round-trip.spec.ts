import { type DaemonMode, readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { lastingLines } from './workspace/larder-lines.ts';
import { type LastReport, readLastReport } from './workspace/last-report.ts';
import { formatOf, keepsSymlinks } from './workspace/nx-version.ts';
import {
  type OutputTree,
  readOutputs,
  removeLocalCache,
  removeOutputs,
} from './workspace/outputs.ts';
import { type TaskSource } from './workspace/run-record.ts';
import { type Build, runBuild, startDaemon, stopDaemon } from './workspace/run-build.ts';
import { sixProjects } from './workspace/six-projects.ts';

const environment = readEnvironment();
const { nxVersions, daemonModes, daemonModesOfOlderVersions } = environment;
const allProjects = sixProjects.map(({ name }) => name).sort();

interface Way {
  readonly way: string;
  readonly daemon: DaemonMode;
  readonly hasFastLane: boolean;
}

function waysOf(nxVersion: string): Way[] {
  const isNewest = nxVersion === nxVersions.at(-1);
  const modes = isNewest ? daemonModes : daemonModesOfOlderVersions;
  const hasFastLane = environment.fastLaneNxVersions.includes(nxVersion);
  return [
    ...modes.map((daemon) => ({ way: `with the daemon ${daemon}`, daemon, hasFastLane: false })),
    ...(hasFastLane ? environment.fastLaneDaemonModes : []).map((daemon) => ({
      way: `in the fast lane with the daemon ${daemon}`,
      daemon,
      hasFastLane: true,
    })),
  ];
}

describe.each(nxVersions)('Nx %s', (nxVersion) => {
  describe.each(waysOf(nxVersion))('$way', ({ daemon, hasFastLane }) => {
    let cleanup: CleanupStack;
    let reportOfHits: LastReport;
    let firstBuild: Build;
    let localBuild: Build;
    let yardstick: OutputTree;
    let remoteBuild: Build;
    let restored: OutputTree;
    let otherMachinesBuild: Build;
    let restoredElsewhere: OutputTree;

    beforeAll(async () => {
      cleanup = createCleanupStack();
      const serverMachine = await createMachine();
      cleanup.add(serverMachine.remove);
      const server = await startLarderServer(serverMachine);
      cleanup.add(server.stop);
      const env = larderVariables(server);

      const workspace = await openWorkspace();
      firstBuild = await runBuild(workspace, { daemon, env });

      // The yardstick is what Nx's own local cache of this version brings back.
      await removeOutputs(workspace);
      localBuild = await runBuild(workspace, { daemon, env });
      yardstick = await readOutputs(workspace, {
        followSymlinks: !keepsSymlinks(nxVersion, hasFastLane),
      });

      await stopDaemon(workspace);
      await removeOutputs(workspace);
      await removeLocalCache(workspace);
      if (daemon === 'on') await startDaemon(workspace, env);
      remoteBuild = await runBuild(workspace, { daemon, env });
      restored = await readOutputs(workspace);
      reportOfHits = await readLastReport(workspace);

      const elsewhere = await openWorkspace();
      otherMachinesBuild = await runBuild(elsewhere, { daemon, env });
      restoredElsewhere = await readOutputs(elsewhere);
    });

    afterAll(() => cleanup.run());

    async function openWorkspace(): Promise<Workspace> {
      const machine = await createMachine();
      cleanup.add(machine.remove);
      const workspace = await createWorkspace({
        machine,
        nxVersion,
        projects: sixProjects,
        cache: 'larder',
        hasFastLane,
      });
      cleanup.add(() => stopDaemon(workspace));
      return workspace;
    }

    it('runs every task once when nothing is cached', () => {
      expect(firstBuild.exitCode).toBe(0);
      expect(firstBuild.executed).toEqual(allProjects);
      expect(sourcesOf(firstBuild)).toEqual(allFrom('executed'));
    });

    it('leaves hits in the local cache to Nx', () => {
      expect(localBuild.exitCode).toBe(0);
      expect(localBuild.executed).toEqual([]);
      expect(sourcesOf(localBuild)).toEqual(allFrom('local'));
    });

    it('gets every task back once outputs and local cache are gone, without running one', () => {
      expect(remoteBuild.exitCode).toBe(0);
      expect(remoteBuild.executed).toEqual([]);
      expect(sourcesOf(remoteBuild)).toEqual(allFrom('remote'));
    });

    it('restores what the local cache of Nx restores: bytes, permissions and structure', () => {
      expect(Object.keys(yardstick)).toContain('projects/media/dist/film.bin');
      expect(restored).toEqual(yardstick);
    });

    it('shows the terminal output of the tasks again', () => {
      for (const name of allProjects) {
        expect(firstBuild.terminalOutput[name]).toContain(`Done with ${name}`);
      }
      expect(remoteBuild.terminalOutput).toEqual(firstBuild.terminalOutput);
    });

    it('gives every task to a machine that never ran one', () => {
      expect(otherMachinesBuild.exitCode).toBe(0);
      expect(otherMachinesBuild.executed).toEqual([]);
      expect(sourcesOf(otherMachinesBuild)).toEqual(allFrom('remote'));
      expect(otherMachinesBuild.terminalOutput).toEqual(firstBuild.terminalOutput);
      expect(restoredElsewhere).toEqual(yardstick);
    });

    it('goes the way that it is meant to go', () => {
      expect(reportOfHits.formats).toEqual([formatOf(nxVersion, hasFastLane)]);
    });

    // Nx shows what a plugin says only when no daemon stands in between.
    if (daemon === 'off') {
      it('reports in one line what came from the remote cache', () => {
        expect(lastingLines(firstBuild.output)).toEqual([
          // Nx 22.7 never looks up what becomes ready while it waits for other lookups.
          expect.stringMatching(/^Larder: 0 of [1-6] tasks? from the remote cache\b.* 6 stored\b/),
        ]);
        expect(lastingLines(remoteBuild.output)).toEqual([
          expect.stringMatching(/^Larder: 6 of 6 tasks from the remote cache\b.* down\b/),
        ]);
      });
    }
  });
});

function sourcesOf(build: Build): Record<string, TaskSource> {
  return Object.fromEntries(build.tasks.map(({ project, source }) => [project, source]));
}

function allFrom(source: TaskSource): Record<string, TaskSource> {
  return Object.fromEntries(allProjects.map((name) => [name, source]));
}
