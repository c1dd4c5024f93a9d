// Jobs without a secret: what a job may do follows from what its CI service signs it to be.
import { readEnvironment } from './environment.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import {
  type CiJob,
  type CiService,
  mainJob,
  oidcFor,
  pullRequestJob,
  startCiService,
} from './server/start-ci-service.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { larderLines, warningLines } from './workspace/larder-lines.ts';
import { removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { GOOD, POISON, poisonableProject, poisonCompiler, readMade } from './workspace/poison.ts';
import { runBuild } from './workspace/run-build.ts';

const targetJob: CiJob = { ...mainJob, event_name: 'pull_request_target' };

describe.each(readEnvironment().nxVersionOfEachDoor)('Nx %s in jobs without a token', (version) => {
  let cleanup: CleanupStack;
  let service: CiService;
  let server: LarderServer;
  let attacker: Workspace;
  let reviewed: Workspace;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    service = await startCiService();
    cleanup.add(service.close);
    attacker = await openWorkspace();
    reviewed = await openWorkspace();
    await poisonCompiler(attacker);
  });

  beforeEach(async () => {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    server = await startLarderServer(machine, {
      // Its port is not known before it listens.
      oidc: oidcFor(service, '127.0.0.1'),
    });
    cleanup.add(server.stop);
  });

  afterAll(() => cleanup.run());

  async function openWorkspace(): Promise<Workspace> {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const pluginOptions = { idleMs: 0 };
    return createWorkspace({
      machine,
      nxVersion: version,
      projects: [poisonableProject],
      cache: 'larder',
      pluginOptions,
    });
  }

  /** Builds as a job does that starts with nothing. */
  async function build(workspace: Workspace, job: CiJob, env: Record<string, string> = {}) {
    await removeOutputs(workspace);
    await removeLocalCache(workspace);
    const result = await runBuild(workspace, {
      env: { CI: 'true', LARDER_URL: server.url, ...service.variables(job), ...env },
    });
    expect(result.exitCode).toBe(0);
    return { ...result, made: await readMade(workspace) };
  }

  it('shares what the main branch builds, and keeps what a pull request builds to itself', async () => {
    const poisoning = await build(attacker, pullRequestJob);
    expect(poisoning).toMatchObject({ executed: ['app'], made: POISON });
    expect(larderLines(poisoning.output)).toEqual([
      expect.stringMatching(/^Larder: 0 of 1 task from the remote cache · 1 stored · /),
    ]);
    expect(await build(attacker, pullRequestJob)).toMatchObject({ executed: [], made: POISON });

    expect(await build(reviewed, mainJob)).toMatchObject({ executed: ['app'], made: GOOD });
    expect(await build(reviewed, mainJob)).toMatchObject({ executed: [], made: GOOD });
    expect(await build(reviewed, { ...pullRequestJob, ref: 'refs/pull/8/merge' })).toMatchObject({
      executed: [],
      made: GOOD,
    });
  });

  it('lets a job that runs foreign code in the name of the main branch read only, in silence', async () => {
    const poisoning = await build(attacker, targetJob);
    expect(poisoning).toMatchObject({ executed: ['app'], made: POISON });
    expect(warningLines(poisoning.output)).toEqual([]);

    expect(await build(reviewed, mainJob)).toMatchObject({ executed: ['app'], made: GOOD });
    expect(await build(attacker, targetJob)).toMatchObject({ executed: [], made: GOOD });
  });

  it('goes on without the cache, with one warning, when the CI service is out of reach', async () => {
    const result = await build(reviewed, mainJob, {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/token?a=b',
    });

    expect(result).toMatchObject({ executed: ['app'], made: GOOD });
    expect(warningLines(result.output)).toEqual([
      expect.stringMatching(/identity of the job failed.*\(LARDER_OIDC_FAILED\)$/),
    ]);
  });
});
