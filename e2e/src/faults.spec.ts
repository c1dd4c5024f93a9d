import { readEnvironment } from './environment.ts';
import {
  type FaultyServer,
  openFailingServer,
  openSilentServer,
  openStoppedServer,
} from './faults/faulty-servers.ts';
import { median } from './faults/median.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, useCache, type Workspace } from './workspace/create-workspace.ts';
import { warningLines } from './workspace/larder-lines.ts';
import {
  type OutputTree,
  readOutputs,
  removeLocalCache,
  removeOutputs,
} from './workspace/outputs.ts';
import { type Build, runBuild } from './workspace/run-build.ts';
import { smallSixProjects } from './workspace/six-projects.ts';

/** How much longer than without the plugin a build may take when the cache is in trouble. */
const MAX_DELAY_MS = 3_000;

/** Builds of each kind; they take turns, so that a slow moment of the machine hits all kinds. */
const ROUNDS = 3;

interface Trouble {
  readonly trouble: string;
  readonly open: () => Promise<FaultyServer>;
  /** What the warning says is wrong, and what it says to do. */
  readonly problem: RegExp;
  readonly remedy: RegExp;
}

const troubles: readonly Trouble[] = [
  {
    trouble: 'the server is stopped',
    open: openStoppedServer,
    problem: /cannot be reached/,
    remedy: /LARDER_URL/,
  },
  {
    trouble: 'the token is wrong',
    open: openServerWithAnotherToken,
    problem: /does not accept the token/,
    remedy: /LARDER_TOKEN/,
  },
  {
    trouble: 'the server answers 500',
    open: openFailingServer,
    problem: /answers with an error of its own/,
    remedy: /log of the server/,
  },
  {
    trouble: 'the server accepts and never answers',
    open: openSilentServer,
    problem: /does not answer in time/,
    remedy: /lookupTimeoutMs/,
  },
];

interface Observation {
  readonly build: Build;
  readonly outputs: OutputTree;
}

describe.each(readEnvironment().nxVersions)('Nx %s', (nxVersion) => {
  let cleanup: CleanupStack;
  const withoutPlugin: Observation[] = [];
  const inTrouble = new Map<string, Observation[]>(troubles.map(({ trouble }) => [trouble, []]));

  beforeAll(async () => {
    cleanup = createCleanupStack();
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const workspace = await createWorkspace({
      machine,
      nxVersion,
      projects: smallSixProjects,
      cache: 'local',
    });
    for (let round = 0; round < ROUNDS; round++) {
      withoutPlugin.push(await buildFromScratch(await useCache(workspace, 'local'), {}));
      for (const { trouble, open } of troubles) {
        const server = await open();
        try {
          const variables = larderVariables(server);
          const observation = await buildFromScratch(
            await useCache(workspace, 'larder'),
            variables,
          );
          inTrouble.get(trouble)?.push(observation);
        } finally {
          await server.close();
        }
      }
    }
  });

  afterAll(() => cleanup.run());

  describe.each(troubles)('while $trouble', ({ trouble, problem, remedy }) => {
    const observations = inTrouble.get(trouble) ?? [];

    it('builds everything and exits 0', () => {
      expect(observations).toHaveLength(ROUNDS);
      for (const { build, outputs } of observations) {
        expect(build.exitCode).toBe(0);
        expect(build.executed).toEqual(withoutPlugin[0]?.build.executed);
        expect(outputs).toEqual(withoutPlugin[0]?.outputs);
      }
    });

    it('says in one warning what is wrong and what to do', () => {
      for (const { build } of observations) {
        const warnings = warningLines(build.output);
        expect(warnings).toEqual([expect.stringMatching(problem)]);
        expect(warnings).toEqual([expect.stringMatching(remedy)]);
        expect(warnings.join()).not.toContain('a-token');
      }
    });

    it(`takes at most ${MAX_DELAY_MS} ms longer than without the plugin`, () => {
      const durations = observations.map(({ build }) => build.durationMs);
      const baseline = withoutPlugin.map(({ build }) => build.durationMs);
      expect(median(durations) - median(baseline)).toBeLessThanOrEqual(MAX_DELAY_MS);
    });
  });
});

async function buildFromScratch(
  workspace: Workspace,
  env: Readonly<Record<string, string>>,
): Promise<Observation> {
  await removeOutputs(workspace);
  await removeLocalCache(workspace);
  const build = await runBuild(workspace, { env });
  return { build, outputs: await readOutputs(workspace) };
}

async function openServerWithAnotherToken(): Promise<FaultyServer> {
  const machine = await createMachine();
  const server = await startLarderServer(machine);
  return {
    url: server.url,
    token: 'a-token',
    async close() {
      await server.stop();
      await machine.remove();
    },
  };
}
