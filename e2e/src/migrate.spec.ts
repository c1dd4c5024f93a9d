import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readEnvironment } from './environment.ts';
import { changingInstallation } from './installations/installation.ts';
import { createMachine } from './machines/create-machine.ts';
import { type ForeignSetup, foreignSecret, foreignSetups } from './migration/foreign-setups.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { lastingLines } from './workspace/larder-lines.ts';
import { type NxJson, nxJson } from './workspace/nx-json.ts';
import { doorOf, latestOfEachDoor } from './workspace/nx-version.ts';
import { removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { runBuild } from './workspace/run-build.ts';
import { runNx } from './workspace/run-nx.ts';
import { twelveTasks } from './workspace/twelve-tasks.ts';
import { writeJson } from './workspace/write-json.ts';

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe.each(latestOfEachDoor(readEnvironment().nxVersions))(
  'nx g @larder/nx:migrate on Nx %s',
  (nxVersion) => {
    const isRunner = doorOf(nxVersion) === 'runner';
    let cleanup: CleanupStack;
    let server: LarderServer;

    beforeAll(async () => {
      cleanup = createCleanupStack();
      const machine = await createMachine();
      cleanup.add(machine.remove);
      server = await startLarderServer(machine);
      cleanup.add(server.stop);
    });
    afterAll(() => cleanup.run());

    it.each(foreignSetups.filter(({ door }) => door === doorOf(nxVersion)))(
      'puts Larder in the place of $title, so that builds use it',
      async (setup) => {
        const workspace = await openWorkspace(setup);
        // The address is either asked for or found.
        const address = setup.files ? [] : ['--url', server.url];
        const packages = Object.keys(setup.packages);
        if (setup.isInstalled === true) {
          expect(await installed(workspace, packages)).toEqual(packages);
          await expectPointer(workspace);
          await migrate(workspace, setup, address);
          expect(await installed(workspace, [...packages, '@larder/nx'])).toEqual(['@larder/nx']);
        } else {
          await list(workspace, setup.packages);
          await migrate(workspace, setup, [...address, '--skipInstall']);
        }
        await expectRoundTrip(workspace, setup);
      },
    );

    async function openWorkspace({
      nxJson: foreign,
      files,
      isInstalled,
    }: ForeignSetup): Promise<Workspace> {
      const machine = await createMachine();
      cleanup.add(machine.remove);
      const workspace = await createWorkspace({
        machine,
        nxVersion,
        projects: twelveTasks.slice(0, 2),
        cache: 'local',
        ...(isInstalled === true && { installation: changingInstallation(nxVersion) }),
      });
      const all = { ...nxJson(nxVersion, 'local'), ...foreign };
      await writeJson(join(workspace.folder, 'nx.json'), all);
      for (const [name, text] of Object.entries(files?.(server.url, server.token) ?? {})) {
        await writeFile(join(workspace.folder, name), text);
      }
      return workspace;
    }

    async function expectRoundTrip(workspace: Workspace, setup: ForeignSetup): Promise<void> {
      const env = { LARDER_TOKEN: server.token, LARDER_NAMESPACE: setup.title, CI: 'true' };
      const first = await runBuild(workspace, { env });
      expect(first.exitCode).toBe(0);
      expect(lastingLines(first.output)).toEqual([
        expect.stringMatching(/^Larder: 0 of 2 tasks from the remote cache · 2 stored/),
      ]);
      await removeOutputs(workspace);
      await removeLocalCache(workspace);
      const second = await runBuild(workspace, { env });
      expect(second.exitCode).toBe(0);
      expect(second.tasks.map(({ source }) => source)).toEqual(['remote', 'remote']);
    }

    /** Init does not take a runner's place, and says what does. */
    async function expectPointer(workspace: Workspace): Promise<void> {
      const command = ['g', '@larder/nx:init', '--no-interactive'];
      const { exitCode, stdout, stderr } = await runNx(workspace, command, { NX_DAEMON: 'false' });
      expect(exitCode).toBe(1);
      expect(stdout + stderr).toMatch(/@larder\/nx:migrate.*\(LARDER_INIT_RUNNER_TAKEN\)/);
    }

    /** Migrates, and compares what that leaves and says. */
    async function migrate(
      workspace: Workspace,
      setup: ForeignSetup,
      args: readonly string[],
    ): Promise<void> {
      const command = ['g', '@larder/nx:migrate', '--no-interactive', ...args];
      const run = () => runNx(workspace, command, { NX_DAEMON: 'false' });
      const { exitCode, stdout, stderr } = await run();
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      for (const part of [...setup.told, 'LARDER_TOKEN']) expect(stdout).toContain(part);
      expect(stdout).not.toContain(foreignSecret);
      expect(stdout).not.toContain(server.token);

      const text = await readText(workspace, 'nx.json');
      expect(text).not.toContain(foreignSecret);
      const options = { ...setup.larderOptions, url: server.url };
      const base = nxJson(nxVersion, 'local');
      const expected: NxJson = isRunner
        ? {
            ...base,
            tasksRunnerOptions: {
              default: {
                runner: '@larder/nx',
                options: { cacheableOperations: ['build'], ...options },
              },
            },
          }
        : { ...base, plugins: [{ plugin: '@larder/nx', options }] };
      expect(JSON.parse(text)).toEqual(expected);
      const { devDependencies } = await readManifest(workspace);
      expect(Object.keys(devDependencies).sort()).toEqual(['@larder/nx', 'nx']);

      // The first of each door stands for the others, which the generator's own tests run twice.
      if (setup !== foreignSetups.find(({ door }) => door === setup.door)) return;
      expect((await run()).exitCode).toBe(0);
      expect(await readText(workspace, 'nx.json')).toBe(text);
    }
  },
);

/** Adds packages to package.json, and does not install them. */
async function list(workspace: Workspace, packages: Readonly<Record<string, string>>) {
  const manifest = await readManifest(workspace);
  await writeJson(join(workspace.folder, 'package.json'), {
    ...manifest,
    devDependencies: { ...manifest.devDependencies, ...packages },
  });
}

async function readManifest(workspace: Workspace): Promise<Manifest> {
  return JSON.parse(await readText(workspace, 'package.json')) as Manifest;
}

const readText = ({ folder }: Workspace, file: string) => readFile(join(folder, file), 'utf8');

/** Those of the packages that are there. */
async function installed({ folder }: Workspace, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map((name) =>
      access(join(folder, 'node_modules', name)).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return found.flat();
}
