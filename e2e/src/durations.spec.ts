import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { queryArtifacts } from './server/query-artifacts.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace } from './workspace/create-workspace.ts';
import { formatOf } from './workspace/nx-version.ts';
import { type ProjectLayout } from './workspace/project-layout.ts';
import { runBuild } from './workspace/run-build.ts';
import { smallSixProjects } from './workspace/six-projects.ts';
import { twelveTasks } from './workspace/twelve-tasks.ts';
import { wireHash } from './workspace/wire-hash.ts';

/** How far the stored duration of a task may be from Nx's own `endTime − startTime`. */
const TOLERANCE_MS = 60;

interface GraphCase {
  readonly graph: string;
  readonly projects: readonly ProjectLayout[];
  readonly parallel: number;
}

const graphs: readonly GraphCase[] = [
  { graph: 'six projects that depend on each other', projects: smallSixProjects, parallel: 3 },
  { graph: 'twelve tasks that wait for one slot', projects: twelveTasks, parallel: 1 },
];

// On a busy machine Nx and the plugin may look at the clock far apart for once. What is wrong by
// itself is wrong every time.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const { nxVersions, fastLaneNxVersions } = readEnvironment();
const doors = [
  ...nxVersions.map((nxVersion) => ({ title: `Nx ${nxVersion}`, nxVersion, hasFastLane: false })),
  ...fastLaneNxVersions.map((nxVersion) => ({
    title: `Nx ${nxVersion} in the fast lane`,
    nxVersion,
    hasFastLane: true,
  })),
];

describe.each(doors)('$title', ({ nxVersion, hasFastLane }) => {
  let cleanup: CleanupStack;

  beforeEach(() => {
    cleanup = createCleanupStack();
  });

  afterEach(() => cleanup.run());

  it.each(graphs)('stores how long each task ran: $graph', async ({ projects, parallel }) => {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const server = await startLarderServer(machine);
    cleanup.add(server.stop);
    const workspace = await createWorkspace({
      machine,
      nxVersion,
      projects,
      cache: 'larder',
      hasFastLane,
    });

    const build = await runBuild(workspace, { parallel, env: larderVariables(server) });
    expect(build.exitCode).toBe(0);
    expect(build.executed).toHaveLength(projects.length);

    const hashOf = (taskHash: string): string =>
      wireHash(formatOf(nxVersion, hasFastLane), taskHash);
    const stored = await queryArtifacts(
      server,
      build.tasks.map(({ hash }) => hashOf(hash)),
    );
    const comparison = build.tasks.map(({ project, hash, durationMs }) => {
      const storedMs = stored[hashOf(hash)]?.taskDurationMs ?? null;
      return { project, nxMs: durationMs, storedMs };
    });
    const wrong = comparison.filter(
      ({ nxMs, storedMs }) => storedMs === null || Math.abs(storedMs - nxMs) > TOLERANCE_MS,
    );
    expect(wrong).toEqual([]);
    // Guards the comparison itself: every task works for at least this long.
    expect(Math.min(...comparison.map(({ nxMs }) => nxMs))).toBeGreaterThanOrEqual(80);
  });
});
