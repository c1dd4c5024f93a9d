import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readEnvironment } from './environment.ts';
import { FAST_LANE_NAME } from './installations/installation.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { larderLines } from './workspace/larder-lines.ts';
import { isAtLeast } from './workspace/nx-version.ts';
import { runBuild } from './workspace/run-build.ts';
import { runNx } from './workspace/run-nx.ts';
import { twelveTasks } from './workspace/twelve-tasks.ts';

describe.each(readEnvironment().nxVersionOfEachDoor)(
  'nx g @larder/nx:init and remove on Nx %s',
  (nxVersion) => {
    let cleanup: CleanupStack;
    beforeEach(() => {
      cleanup = createCleanupStack();
    });
    afterEach(() => cleanup.run());

    it('makes builds use the cache, on a second run changes nothing, and goes without a trace', async () => {
      const serverMachine = await createMachine();
      cleanup.add(serverMachine.remove);
      const server = await startLarderServer(serverMachine);
      cleanup.add(server.stop);
      const machine = await createMachine();
      cleanup.add(machine.remove);
      const projects = twelveTasks.slice(0, 2);
      const workspace = await createWorkspace({ machine, nxVersion, projects, cache: 'local' });

      const untouched = JSON.parse(await read(workspace, 'nx.json')) as unknown;

      const first = await generate(workspace, ['init', '--url', server.url]);
      expect(first).toContain('set LARDER_TOKEN');
      const build = await runBuild(workspace, { env: { LARDER_TOKEN: server.token, CI: 'true' } });
      expect(build.exitCode).toBe(0);
      expect(larderLines(build.output)).toEqual([
        expect.stringMatching(/^Larder: 0 of 2 tasks from the remote cache · 2 stored/),
      ]);

      const nxJson = await read(workspace, 'nx.json');
      expect(nxJson).not.toContain(server.token);
      await generate(workspace, ['init', '--url', server.url]);
      expect(await read(workspace, 'nx.json')).toBe(nxJson);

      const hasFastLane = async () =>
        (await read(workspace, 'package.json')).includes(FAST_LANE_NAME);
      await generate(workspace, ['init', '--fastLane', '--skipInstall']);
      expect(await hasFastLane()).toBe(isAtLeast(nxVersion, 20));
      await generate(workspace, ['init', '--fastLane=false', '--skipInstall']);
      expect(await hasFastLane()).toBe(false);
      expect(await read(workspace, 'nx.json')).toBe(nxJson);

      await generate(workspace, ['remove']);
      expect(JSON.parse(await read(workspace, 'nx.json'))).toEqual(untouched);
      expect(await read(workspace, 'package.json')).not.toContain('larder');
      // npm leaves the empty folder of the scope.
      expect(await readdir(join(workspace.folder, 'node_modules', '@larder'))).toEqual([]);
      const last = await runBuild(workspace, { env: { LARDER_TOKEN: server.token } });
      expect(last.exitCode).toBe(0);
      expect(larderLines(last.output)).toEqual([]);
    });
  },
);

async function generate(
  workspace: Workspace,
  [name, ...args]: readonly [string, ...string[]],
): Promise<string> {
  const command = ['g', `@larder/nx:${name}`, '--no-interactive', ...args];
  const { exitCode, stdout, stderr } = await runNx(workspace, command, { NX_DAEMON: 'false' });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

const read = ({ folder }: Workspace, file: string) => readFile(join(folder, file), 'utf8');
