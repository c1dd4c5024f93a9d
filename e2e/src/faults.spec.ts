import { readEnvironment } from './environment.ts';
import { buildFromScratch, type Observation } from './faults/build-from-scratch.ts';
import { MAX_DELAY_MS } from './faults/judge-cell.ts';
import { median } from './faults/median.ts';
import { commonServerTroubles } from './faults/server-faults.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { larderVariables } from './server/start-larder-server.ts';
import { createWorkspace, useCache } from './workspace/create-workspace.ts';
import { warningLines } from './workspace/larder-lines.ts';
import { latestOfEachDoor } from './workspace/nx-version.ts';
import { smallSixProjects } from './workspace/six-projects.ts';

// The troubles that happen to every team one day. `npm run e2e:faults` has all that can go wrong.

/** Builds of each kind; they take turns, so that a slow moment of the machine hits all kinds. */
const ROUNDS = 3;

describe.each(latestOfEachDoor(readEnvironment().nxVersions))('Nx %s', (nxVersion) => {
  let cleanup: CleanupStack;
  const withoutPlugin: Observation[] = [];
  const inTrouble = new Map<string, Observation[]>(
    commonServerTroubles.map(({ name }) => [name, []]),
  );

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
      withoutPlugin.push(await buildFromScratch(await useCache(workspace, 'local')));
      for (const { name, open } of commonServerTroubles) {
        const server = await open();
        try {
          const env = larderVariables(server);
          const observation = await buildFromScratch(await useCache(workspace, 'larder'), { env });
          inTrouble.get(name)?.push(observation);
        } finally {
          await server.close();
        }
      }
    }
  });

  afterAll(() => cleanup.run());

  describe.each(commonServerTroubles)('while $name', ({ name, warning }) => {
    const observations = inTrouble.get(name) ?? [];

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
        expect(warnings).toEqual([expect.stringMatching(warning.problem)]);
        expect(warnings).toEqual([expect.stringMatching(warning.remedy)]);
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
