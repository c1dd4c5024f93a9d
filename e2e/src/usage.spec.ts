// What the server says that it was good for, compared with what its clients say of the same.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { killAgent, waitUntilNoAgent } from './processes/agent-processes.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { readMetric, readUsage, type UsageTotals } from './server/read-usage.ts';
import {
  type LarderServer,
  larderVariables,
  startLarderServer,
} from './server/start-larder-server.ts';
import { createTurboWorkspace } from './turbo/create-turbo-workspace.ts';
import { runTurbo } from './turbo/run-turbo.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { independentTasks } from './workspace/independent-tasks.ts';
import { readLastReport } from './workspace/last-report.ts';
import { doorOf } from './workspace/nx-version.ts';
import { removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { type Build, runBuild } from './workspace/run-build.ts';

const { nxVersions, nxVersionOfEachDoor } = readEnvironment();
const hooksVersions = nxVersions.filter((version) => doorOf(version) === 'hooks');

/** More than run at once, so that some wait for their turn, while Nx 22.7 asks for them again. */
const TASKS = 12;

/** The plugin does without a name for a CI service that only sets `CI`. */
const CI_SERVICE = { BUILDKITE: 'true' };

let cleanup: CleanupStack;
let server: LarderServer;

beforeEach(async () => {
  cleanup = createCleanupStack();
  const machine = await createMachine();
  cleanup.add(machine.remove);
  server = await startLarderServer(machine);
  cleanup.add(server.stop);
});

afterEach(() => cleanup.run());

async function openWorkspace(
  nxVersion: string,
  { isCi, cache }: { readonly isCi: boolean; readonly cache: 'larder' | 'local' },
): Promise<Workspace> {
  const machine = await createMachine({ isCi });
  cleanup.add(machine.remove);
  const workspace = await createWorkspace({
    machine,
    nxVersion,
    projects: independentTasks(TASKS),
    cache,
    // So that it has told everything soon, on a person's computer too.
    ...(cache === 'larder' ? { pluginOptions: { idleMs: 0 } } : {}),
  });
  cleanup.add(() => killAgent(workspace));
  return workspace;
}

/** Builds with nothing in the local cache. */
async function buildAnew(workspace: Workspace, env: Record<string, string>): Promise<Build> {
  await removeOutputs(workspace);
  await removeLocalCache(workspace);
  return runBuild(workspace, { env });
}

/** How much the usage has grown since `before`. */
async function usageSince(before: UsageTotals): Promise<Partial<UsageTotals>> {
  const after = await readUsage(server);
  return {
    hits: after.hits - before.hits,
    misses: after.misses - before.misses,
    savedMs: after.savedMs - before.savedMs,
    servedBytes: after.servedBytes - before.servedBytes,
    stored: {
      artifacts: after.stored.artifacts - before.stored.artifacts,
      bytes: after.stored.bytes - before.stored.bytes,
    },
  };
}

async function expectMetricsToAgree(): Promise<void> {
  const usage = await readUsage(server);
  expect({
    hits: await readMetric(server, 'larder_lookups_total', { result: 'hit' }),
    misses: await readMetric(server, 'larder_lookups_total', { result: 'miss' }),
    localHits: await readMetric(server, 'larder_local_hits_total'),
    savedMs: Math.round((await readMetric(server, 'larder_saved_seconds_total')) * 1000),
    servedBytes: await readMetric(server, 'larder_served_bytes_total'),
    artifacts: await readMetric(server, 'larder_uploads_total', { result: 'stored' }),
  }).toEqual({
    hits: usage.hits,
    misses: usage.misses,
    localHits: usage.localHits,
    savedMs: usage.savedMs,
    servedBytes: usage.servedBytes,
    artifacts: usage.stored.artifacts,
  });
}

describe.each(nxVersionOfEachDoor)('the plugin, Nx %s', (nxVersion) => {
  it.each([
    { what: 'in CI', isCi: true, client: 'ci' },
    { what: 'of a person', isCi: false, client: 'people' },
  ])('is told of as its own report says, $what', async ({ isCi, client }) => {
    const workspace = await openWorkspace(nxVersion, { isCi, cache: 'larder' });
    const env = { ...larderVariables(server), ...(isCi ? CI_SERVICE : {}) };
    for (const { hits, misses } of [
      { hits: 0, misses: TASKS },
      { hits: TASKS, misses: 0 },
    ]) {
      const before = await readUsage(server);
      expect((await buildAnew(workspace, env)).exitCode).toBe(0);
      await waitUntilNoAgent(workspace, { timeoutMs: 60_000 });
      const report = await readLastReport(workspace);
      expect(report).toMatchObject({ hits, misses });
      expect(await usageSince(before)).toEqual({
        hits,
        misses,
        savedMs: report.savedMs,
        servedBytes: report.downloadedBytes,
        // Only in CI does a command wait for its uploads, so that its report has them all.
        stored: isCi
          ? { artifacts: report.uploads, bytes: report.uploadedBytes }
          : { artifacts: misses, bytes: expect.any(Number) as number },
      });
    }
    const { byClient } = await readUsage(server);
    expect(byClient[client]).toEqual({ hits: TASKS, misses: TASKS });
    await expectMetricsToAgree();
  });

  it('tells of hits in the local cache', async () => {
    const workspace = await openWorkspace(nxVersion, { isCi: true, cache: 'larder' });
    const env = larderVariables(server);
    await buildAnew(workspace, env);
    await waitUntilNoAgent(workspace, { timeoutMs: 60_000 });
    const before = await readUsage(server);
    await runBuild(workspace, { env });
    await waitUntilNoAgent(workspace, { timeoutMs: 60_000 });
    const after = await readUsage(server);
    expect(await usageSince(before)).toMatchObject({ hits: 0, misses: 0 });
    // Nx tells its plugins of them, not its tasks runner.
    expect(after.localHits - before.localHits).toBe(doorOf(nxVersion) === 'hooks' ? TASKS : 0);
  });
});

// Jest takes no empty table: a version without such a client has nothing to show here.
(hooksVersions.length > 0 ? describe.each(hooksVersions) : describe.skip.each(['of this version']))(
  "Nx's own client, Nx %s",
  (nxVersion) => {
    it('is told of as it asks: once for each task', async () => {
      const workspace = await openWorkspace(nxVersion, { isCi: true, cache: 'local' });
      const env = {
        NX_SELF_HOSTED_REMOTE_CACHE_SERVER: server.url,
        NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: server.token,
      };
      for (const { hits, misses, artifacts } of [
        { hits: 0, misses: TASKS, artifacts: TASKS },
        { hits: TASKS, misses: 0, artifacts: 0 },
      ]) {
        const before = await readUsage(server);
        expect((await buildAnew(workspace, env)).exitCode).toBe(0);
        expect(await usageSince(before)).toMatchObject({
          hits,
          misses,
          savedMs: 0,
          stored: { artifacts },
        });
      }
      await expectMetricsToAgree();
    });
  },
);

it('Turborepo is told of as its own summary says', async () => {
  const machine = await createMachine();
  cleanup.add(machine.remove);
  const workspace = await createTurboWorkspace({ machine, isSigned: false });
  for (const { hits, misses, source } of [
    { hits: 0, misses: 3, source: 'MISS' },
    { hits: 3, misses: 0, source: 'REMOTE' },
  ]) {
    const before = await readUsage(server);
    await rm(join(workspace.folder, '.turbo'), { recursive: true, force: true });
    const { exitCode, sources } = await runTurbo(workspace, {
      TURBO_API: server.url,
      TURBO_TOKEN: server.token,
      TURBO_TEAM: 'team',
    });
    expect([exitCode, ...Object.values(sources)]).toEqual([0, source, source, source]);
    expect(await usageSince(before)).toMatchObject({ hits, misses, stored: { artifacts: misses } });
  }
  await expectMetricsToAgree();
});
