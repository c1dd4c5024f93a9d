import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace } from './workspace/create-workspace.ts';
import { warningLines } from './workspace/larder-lines.ts';
import { readOutputs, removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { runBuild } from './workspace/run-build.ts';
import { smallSixProjects } from './workspace/six-projects.ts';

const KEY = 'a key that only this team has, of more than 32 bytes';
const ANOTHER_KEY = 'a key that somebody else has, of more than 32 bytes';

describe.each(readEnvironment().nxVersions)('Nx %s with a signature key', (nxVersion) => {
  let cleanup: CleanupStack;

  beforeAll(() => {
    cleanup = createCleanupStack();
  });

  afterAll(() => cleanup.run());

  it('uses what was signed with the same key, and nothing else', async () => {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const server = await startLarderServer(machine);
    cleanup.add(server.stop);
    const workspace = await createWorkspace({
      machine,
      nxVersion,
      projects: smallSixProjects,
      cache: 'larder',
    });
    const buildWith = async (key: string) => {
      await removeOutputs(workspace);
      await removeLocalCache(workspace);
      const env = { ...larderVariables(server), LARDER_SIGNATURE_KEY: key };
      const build = await runBuild(workspace, { env });
      expect(build.exitCode).toBe(0);
      return { build, outputs: await readOutputs(workspace) };
    };

    const first = await buildWith(KEY);
    expect(first.build.executed).toHaveLength(smallSixProjects.length);

    const restored = await buildWith(KEY);
    expect(restored.build.executed).toEqual([]);
    expect(warningLines(restored.build.output)).toEqual([]);

    const stranger = await buildWith(ANOTHER_KEY);
    expect(stranger.build.executed).toEqual(first.build.executed);
    expect(stranger.outputs).toEqual(first.outputs);
    expect(warningLines(stranger.build.output)).toEqual([
      expect.stringMatching(/wrong signature was not used.*LARDER_SIGNATURE_KEY/),
    ]);
  });
});
