// The race of CVE-2025-36852: a pull request changes what no input names, and is first.
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { type Cache } from './workspace/nx-json.ts';
import { removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { GOOD, POISON, poisonableProject, poisonCompiler, readMade } from './workspace/poison.ts';
import { type Build, runBuild } from './workspace/run-build.ts';

const NX_VERSION = '24.0.6';

const tokens = {
  trusted: { token: 'token-of-the-main-branch', access: 'read-write' },
  pullRequest: { token: 'token-of-a-pull-request', access: 'read-write', scope: 'isolated:pr/7' },
  otherPullRequest: { token: 'token-of-another-one', access: 'read-write', scope: 'isolated:pr/8' },
} as const;

interface Door {
  readonly door: string;
  readonly cache: Cache;
  readonly variables: (url: string, token: string) => Record<string, string>;
}

const doors: readonly Door[] = [
  {
    door: 'the plugin',
    cache: 'larder',
    variables: (url, token) => ({ LARDER_URL: url, LARDER_TOKEN: token }),
  },
  {
    door: "Nx's own client",
    cache: 'local',
    variables: (url, token) => ({
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: url,
      NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
    }),
  },
];

describe.each(doors)('a pull request that poisons the cache through $door', (door) => {
  let cleanup: CleanupStack;
  let server: LarderServer;
  let pullRequest: Workspace;
  let mainBranch: Workspace;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    const machine = await createMachine();
    cleanup.add(machine.remove);
    server = await startLarderServer(machine, { tokens: Object.values(tokens) });
    cleanup.add(server.stop);
    pullRequest = await openWorkspace();
    mainBranch = await openWorkspace();
    await poisonCompiler(pullRequest);
  });

  afterAll(() => cleanup.run());

  async function openWorkspace(): Promise<Workspace> {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    return createWorkspace({
      machine,
      nxVersion: NX_VERSION,
      projects: [poisonableProject],
      cache: door.cache,
      ...(door.cache === 'larder' ? { pluginOptions: { idleMs: 0 } } : {}),
    });
  }

  /** Builds as a job does that starts with nothing. */
  async function build(workspace: Workspace, { token }: { token: string }) {
    await removeOutputs(workspace);
    await removeLocalCache(workspace);
    const result = await runBuild(workspace, { env: door.variables(server.url, token) });
    expect(result.exitCode).toBe(0);
    return { ...result, made: await readMade(workspace) };
  }

  it('reaches nobody but itself, and does not keep the main branch from its slot', async () => {
    const poisoning = await build(pullRequest, tokens.pullRequest);
    expect(poisoning).toMatchObject({ executed: ['app'], made: POISON });

    const first = await build(mainBranch, tokens.trusted);
    expect(hashesOf(first)).toEqual(hashesOf(poisoning));
    expect(first).toMatchObject({ executed: ['app'], made: GOOD });

    expect(await build(mainBranch, tokens.trusted)).toMatchObject({ executed: [], made: GOOD });
    expect(await build(pullRequest, tokens.pullRequest)).toMatchObject({
      executed: [],
      made: POISON,
    });
    expect(await build(mainBranch, tokens.otherPullRequest)).toMatchObject({
      executed: [],
      made: GOOD,
    });
    for (const { token } of Object.values(tokens)) expect(server.output()).not.toContain(token);
  });
});

function hashesOf({ tasks }: Build): string[] {
  return tasks.map(({ hash }) => hash);
}
