import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAgentBed, runConfiguration } from '../../testing/agent-bed.fixture.ts';
import { waitFor, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { exchange } from '../../testing/nx-client.fixture.ts';
import { startNxCommand } from '../../testing/nx-command.fixture.ts';
import { agentProcesses, kill, pidsOf } from '../../testing/processes.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';
import { packageVersion } from '../../package-version.ts';
import { readAgentState, writeAgentState, type AgentState } from '../protocol/agent-state.ts';
import { controlPaths } from '../protocol/control-api.ts';
import { openRun } from './agent-client.ts';
import { startAgent } from './start-agent.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

/** What an agent leaves behind that was killed: nobody listens on its port. */
const deadAgent: AgentState = {
  version: packageVersion(),
  pid: 2 ** 22 + 1,
  port: 1,
  secret: 'of-a-dead-agent',
};

const stateFile = () => join(bed.dataDirectory, 'agent.json');

async function untilOneAgent(): Promise<void> {
  await until('one agent is left', () => pidsOf('front', bed.dataDirectory).length === 1);
}

describe('starting an agent', () => {
  it('records it, for its user only', async () => {
    const state = await startAgent(bed.dataDirectory, process.env);
    expect(readAgentState(bed.dataDirectory)).toEqual(state);
    expect(state.version).toBe(packageVersion());
    expect(pidsOf('front', bed.dataDirectory)).toEqual([state.pid]);
    expect(statSync(stateFile()).mode & 0o777).toBe(0o600);
    expect(statSync(bed.dataDirectory).mode & 0o777).toBe(0o700);
  });

  it('keeps its folder out of version control', async () => {
    await startAgent(bed.dataDirectory, process.env);
    expect(readFileSync(join(bed.dataDirectory, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('gives the one that is there already to whoever starts another', async () => {
    const first = await startAgent(bed.dataDirectory, process.env);
    expect(await startAgent(bed.dataDirectory, process.env)).toEqual(first);
    await untilOneAgent();
  });

  it('fails with what to do when its folder cannot be made', async () => {
    writeFileSync(join(bed.dataDirectory, 'file'), '');
    await expect(startAgent(join(bed.dataDirectory, 'file'), process.env)).rejects.toMatchObject({
      code: 'LARDER_AGENT_NOT_STARTED',
      hint: expect.stringContaining('LARDER_DATA_DIRECTORY') as string,
    });
  });

  it('puts no secret where other users can see it', async () => {
    const environment = { LARDER_TOKEN: 'larder-token', LARDER_SIGNATURE_KEY: 'larder-key' };
    const configuration = runConfiguration(server, {
      token: 'larder-token',
      signatureKey: 'larder-key',
    });
    const command = await startNxCommand(bed, {
      dataDirectory: bed.dataDirectory,
      configuration,
      environment,
    });
    const run = await command.openRun();
    await until('there is a worker', () => pidsOf('worker', bed.dataDirectory).length === 1);
    const pids = agentProcesses(bed.dataDirectory).map(({ pid }) => String(pid));
    const list = execFileSync('ps', ['eww', '-o', 'args=', '-p', pids.join(',')], {
      encoding: 'utf8',
    });
    expect(list).toContain(bed.dataDirectory);
    for (const secret of ['larder-token', 'larder-key', run.token, bed.agentState().secret]) {
      expect(list).not.toContain(secret);
    }
  });
});

describe('several commands at once get one agent', () => {
  it.each<[string, () => Promise<void> | void]>([
    ['when there is none', () => undefined],
    [
      'when its state makes no sense',
      () => {
        writeFileSync(stateFile(), '{"port": ');
      },
    ],
    [
      'when the former one is dead',
      () => {
        writeAgentState(bed.dataDirectory, deadAgent);
      },
    ],
    [
      'when the former one has another version',
      () => {
        writeAgentState(bed.dataDirectory, { ...deadAgent, version: '0.0.1' });
      },
    ],
    [
      'when the former one does not answer any more',
      async () => {
        kill((await startAgent(bed.dataDirectory, process.env)).pid, 'SIGSTOP');
      },
    ],
  ])('%s', async (_what, prepare) => {
    const { dataDirectory } = bed;
    await prepare();
    const former = pidsOf('front', dataDirectory);
    const commands = await Promise.all(
      Array.from({ length: 4 }, () =>
        startNxCommand(bed, { dataDirectory, configuration: runConfiguration(server) }),
      ),
    );
    const runs = await Promise.all(commands.map((command) => command.openRun()));
    const { port } = bed.agentState();
    expect(new Set(runs.map(({ url }) => url))).toEqual(new Set([`http://127.0.0.1:${port}`]));
    expect(new Set(runs.map(({ token }) => token)).size).toBe(4);
    for (const pid of former) kill(pid, 'SIGKILL');
    await untilOneAgent();
  });
});

describe('opening a run', () => {
  it('uses the agent that is there', async () => {
    const runs = [await bed.openRun(server), await bed.openRun(server)];
    expect(runs[0]!.url).toBe(runs[1]!.url);
    expect(runs[0]!.token).not.toBe(runs[1]!.token);
    expect(pidsOf('front', bed.dataDirectory)).toHaveLength(1);
  });

  it.each<[string, () => Promise<void> | void]>([
    [
      'whose state makes no sense',
      () => {
        // It would correct that within seconds.
        kill(bed.agentState().pid, 'SIGSTOP');
        writeFileSync(stateFile(), 'garbage');
      },
    ],
    [
      'that was killed',
      async () => {
        kill(bed.agentState().pid, 'SIGKILL');
        await until('it is dead', () => agentProcesses(bed.dataDirectory).length === 0);
      },
    ],
    [
      'that does not answer any more',
      () => {
        kill(bed.agentState().pid, 'SIGSTOP');
      },
    ],
    [
      'whose port belongs to somebody else by now',
      () => {
        const port = Number(new URL(server.url).port);
        writeFileSync(stateFile(), JSON.stringify({ ...bed.agentState(), port }));
      },
    ],
  ])('replaces an agent %s', async (_what, spoil) => {
    const before = await bed.openRun(server);
    await spoil();
    const after = await bed.openRun(server);
    expect(after.url).not.toBe(before.url);
    expect(after.url).toBe(`http://127.0.0.1:${bed.agentState().port}`);
    expect((await after.get('1')).status).toBe(404);
  });

  it('fails with what to do when no agent can be started', async () => {
    writeFileSync(join(bed.dataDirectory, 'file'), '');
    const request = {
      ownerPid: process.pid,
      contextId: null,
      configuration: runConfiguration(server),
    };
    await expect(
      openRun(join(bed.dataDirectory, 'file', 'larder'), request, process.env),
    ).rejects.toMatchObject({ code: 'LARDER_AGENT_NOT_STARTED' });
  });
});

describe('an agent of another version', () => {
  it('is replaced, finishes what it has begun, and ends', async () => {
    const gate = createGate();
    server.behaviour.get = waitFor(gate);
    const oldRun = await bed.openRun(server);
    server.keep(oldRun.wireHash('1'), Buffer.from('hello'));
    const oldState = { ...bed.agentState(), version: '0.0.1' };
    writeFileSync(stateFile(), JSON.stringify(oldState));
    const answered = oldRun.get('1');
    await until('it has asked the server', () => server.seen('get').length === 1);

    const newRun = await bed.openRun(server);
    expect(newRun.url).not.toBe(oldRun.url);
    expect(bed.agentState().version).toBe(packageVersion());
    gate.open();
    expect((await answered).body.toString()).toBe('hello');
    await exchange(oldRun.url, {
      method: 'POST',
      path: controlPaths.closeRun,
      headers: { authorization: `Bearer ${oldState.secret}` },
      body: JSON.stringify({ run: { by: 'id', runId: oldRun.runId }, durationsMs: {} }),
    });
    await untilOneAgent();
    expect(pidsOf('front', bed.dataDirectory)).toEqual([bed.agentState().pid]);
    expect((await newRun.get('1')).body.toString()).toBe('hello');
  });

  it('sends its own artifacts itself', async () => {
    const oldRun = await bed.openRun(server, { token: 'old' });
    await oldRun.get('1');
    const oldState = { ...bed.agentState(), version: '0.0.1' };
    expect(await oldRun.put('2', 'held, for nobody has looked it up')).toBe(200);
    writeFileSync(stateFile(), JSON.stringify(oldState));
    const newRun = await bed.openRun(server, { token: 'new' });
    await newRun.get('1');
    await newRun.put('1', 'hello');
    await newRun.close();
    expect(server.artifacts.has(oldRun.wireHash('2'))).toBe(false);
    await exchange(oldRun.url, {
      method: 'POST',
      path: controlPaths.closeRun,
      headers: { authorization: `Bearer ${oldState.secret}` },
      body: JSON.stringify({ run: { by: 'id', runId: oldRun.runId }, durationsMs: { '2': 1234 } }),
    });
    expect(server.seen('put', oldRun.wireHash('2')).map(({ headers }) => headers)).toEqual([
      expect.objectContaining({ authorization: 'Bearer old', 'x-artifact-duration': '1234' }),
    ]);
    await untilOneAgent();
  });
});
