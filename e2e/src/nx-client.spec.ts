// Nx's own HTTP client against the installed server, without the plugin.
import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { waitUntil } from './processes/wait-until.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { doorOf } from './workspace/nx-version.ts';
import {
  type OutputTree,
  readOutputs,
  removeLocalCache,
  removeOutputs,
} from './workspace/outputs.ts';
import { type ProducingProject } from './workspace/project-layout.ts';
import { type Build, runBuild } from './workspace/run-build.ts';

const nxVersions = readEnvironment().nxVersionOfEachDoor.filter(
  (version) => doorOf(version) === 'hooks',
);

/** Nx names no team; a token for a single one brings it. */
const tokens = {
  writer: { token: 'a-token-that-writes', access: 'read-write', teams: ['shared'] },
  latecomer: {
    token: 'a-token-that-is-late',
    access: 'read-write',
    teams: ['late'],
    label: 'latecomer',
  },
  reader: { token: 'a-token-that-reads', access: 'read', teams: ['read-only'] },
} as const;

const projects: readonly ProducingProject[] = ['core', 'app'].map((name) => ({
  name,
  dependsOn: name === 'app' ? ['core'] : [],
  // Long enough for somebody else to be first.
  workMs: 1000,
  outputs: ['{projectRoot}/dist'],
  entries: [{ kind: 'file', path: `projects/${name}/dist/${name}.js`, text: name, mode: 0o644 }],
}));

// Jest takes no empty table: a version without such a client has nothing to show here.
(nxVersions.length > 0 ? describe.each(nxVersions) : describe.skip.each(['of this version']))(
  "Nx's own client, Nx %s",
  (nxVersion) => {
    let cleanup: CleanupStack;
    let server: LarderServer;
    let workspace: Workspace;
    let first: Build;
    let made: OutputTree;
    let hashOfCore: string;

    beforeAll(async () => {
      cleanup = createCleanupStack();
      const machine = await createMachine();
      cleanup.add(machine.remove);
      server = await startLarderServer(machine, { tokens: Object.values(tokens) });
      cleanup.add(server.stop);
      workspace = await createWorkspace({ machine, nxVersion, projects, cache: 'local' });
      first = await build(tokens.writer.token);
      made = await readOutputs(workspace);
      hashOfCore = first.tasks.find(({ project }) => project === 'core')?.hash ?? '';
    });

    afterAll(() => cleanup.run());

    /** Builds with nothing in the local cache. */
    async function build(token: string): Promise<Build> {
      await removeOutputs(workspace);
      await removeLocalCache(workspace);
      return runBuild(workspace, {
        env: {
          NX_SELF_HOSTED_REMOTE_CACHE_SERVER: server.url,
          NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
        },
      });
    }

    const ask = (method: string, hash: string, token: string, body: string | null = null) =>
      fetch(`${server.url}/v1/cache/${hash}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        body,
      });

    /** Lines of the server's log. */
    const requestsOfLatecomer = () =>
      server
        .output()
        .split('\n')
        .filter((line) => line.includes('"latecomer"') && line.includes(hashOfCore));

    it('brings back what it stored', async () => {
      expect(first).toMatchObject({ exitCode: 0, executed: ['app', 'core'] });
      const second = await build(tokens.writer.token);
      expect(second).toMatchObject({ exitCode: 0, executed: [] });
      expect(second.tasks.map(({ source }) => source)).toEqual(['remote', 'remote']);
      expect(await readOutputs(workspace)).toEqual(made);
    });

    it('builds with a token that only reads, and stores nothing', async () => {
      const { exitCode, executed, tasks } = await build(tokens.reader.token);
      expect([exitCode, executed]).toEqual([0, ['app', 'core']]);
      for (const { hash } of tasks) {
        expect((await ask('GET', hash, tokens.reader.token)).status).toBe(404);
      }
    });

    it('builds although somebody else was first, whose artifact stays', async () => {
      const late = build(tokens.latecomer.token);
      await waitUntil('its first task has been looked up', () =>
        Promise.resolve(requestsOfLatecomer().some((line) => line.includes('"status":404'))),
      );
      const others = await ask('PUT', hashOfCore, tokens.latecomer.token, 'of somebody else');
      expect(others.status).toBe(200);
      expect(await late).toMatchObject({ exitCode: 0, executed: ['app', 'core'] });
      expect(requestsOfLatecomer()).toContainEqual(
        expect.stringMatching(/"method":"PUT".*"status":409/),
      );
      const kept = await ask('GET', hashOfCore, tokens.latecomer.token);
      expect(await kept.text()).toBe('of somebody else');
    });

    it('says that the token is wrong', async () => {
      const { exitCode, output } = await build('an-unknown-token');
      expect(exitCode).not.toBe(0);
      expect(output).toContain('The token is unknown to this server or no longer good.');
    });
  },
);
