import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { createAgentBed, runConfiguration, type TestRun } from '../../testing/agent-bed.fixture.ts';
import {
  proceed,
  reset,
  waitFor,
  type ArtifactsServer,
} from '../../testing/artifacts-server.fixture.ts';
import { createNxClient, exchange } from '../../testing/nx-client.fixture.ts';
import { startNxCommand } from '../../testing/nx-command.fixture.ts';
import {
  agentProcesses,
  kill,
  pidsOf,
  untilNoAgent,
  workerPid,
} from '../../testing/processes.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';
import { artifactHash } from '../../identity/artifact-hash.ts';
import { readAgentState } from '../protocol/agent-state.ts';
import { controlPaths } from '../protocol/control-api.ts';
import { dataLayout } from '../protocol/data-layout.ts';

// When the processes of an agent come and go.

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

/** A miss is remembered, so that each attempt needs a task of its own. */
async function untilFound(run: TestRun): Promise<void> {
  let attempt = 0;
  await until('something is found', async () => {
    attempt += 1;
    server.keep(run.wireHash(`attempt-${attempt}`), Buffer.from('hello'));
    return (await run.get(`attempt-${attempt}`)).status === 200;
  });
}

describe('an agent', () => {
  it('ends at once after its last run, as in CI, and leaves nothing behind', async () => {
    const run = await bed.openRun(server, { idleMs: 0 });
    await run.get('1');
    await run.put('1', 'hello');
    await run.close();
    await untilNoAgent(bed.dataDirectory);
    expect(readAgentState(bed.dataDirectory)).toBeNull();
    expect(await bed.spooled()).toEqual([]);
    expect(readdirSync(bed.dataDirectory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('leaves its compiled code for the next one, where Node can', async () => {
    const run = await bed.openRun(server, { idleMs: 0 });
    await run.close();
    await untilNoAgent(bed.dataDirectory);
    const { compileCache } = dataLayout(bed.dataDirectory);
    expect(existsSync(compileCache)).toBe('enableCompileCache' in nodeModule);
  });

  it('stays for the next command, as on a laptop', async () => {
    const first = await bed.openRun(server, { isCi: false, idleMs: 60_000 });
    await first.close();
    const second = await bed.openRun(server, { isCi: false, idleMs: 0 });
    expect(second.url).toBe(first.url);
    await second.close();
    await untilNoAgent(bed.dataDirectory);
  });

  it('sends what it has before it ends', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    const run = await bed.openRun(server, { isCi: false, idleMs: 0 });
    await run.put('1', 'hello');
    await run.close();
    await until('the upload has begun', () => server.seen('put').length === 1);
    expect(pidsOf('front', bed.dataDirectory)).toHaveLength(1);
    gate.open();
    await untilNoAgent(bed.dataDirectory);
    expect(server.artifacts.has(run.wireHash('1'))).toBe(true);
  });

  it('sends what an earlier command left, however short its own is', async () => {
    server.behaviour.status = reset;
    server.behaviour.put = reset;
    const first = await bed.openRun(server, { idleMs: 0 });
    await first.put('1', 'hello');
    await first.close();
    await untilNoAgent(bed.dataDirectory);
    expect(await bed.spooled()).toHaveLength(1);

    server.behaviour.status = proceed;
    server.behaviour.put = proceed;
    const second = await bed.openRun(server, { idleMs: 0 });
    await second.close();
    await untilNoAgent(bed.dataDirectory);
    expect(server.artifacts.has(first.wireHash('1'))).toBe(true);
    expect(await bed.spooled()).toEqual([]);
  });

  it('does not wait for what cannot be sent', async () => {
    await server.close();
    const run = await bed.openRun(server, { idleMs: 0 });
    await run.put('1', 'hello');
    await run.close();
    await untilNoAgent(bed.dataDirectory);
    expect(await bed.spooled()).toHaveLength(1);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with its worker on %s', async (signal) => {
    const run = await bed.openRun(server);
    await run.get('1');
    kill(bed.agentState().pid, signal);
    await untilNoAgent(bed.dataDirectory);
    expect(readAgentState(bed.dataDirectory)).toBeNull();
  });

  it('that is killed takes its worker along', async () => {
    server.behaviour.get = waitFor(createGate());
    const run = await bed.openRun(server, { lookupTimeoutMs: 3_600_000 });
    const answered = run.get('1');
    await until('the worker waits for the server', () => server.seen('get').length === 1);
    kill(bed.agentState().pid, 'SIGKILL');
    await expect(answered).rejects.toThrow();
    await untilNoAgent(bed.dataDirectory);
  });

  it('whose record was overwritten with nonsense writes it again', async () => {
    const run = await bed.openRun(server);
    const state = bed.agentState();
    writeFileSync(join(bed.dataDirectory, 'agent.json'), 'nonsense');
    await until('it is recorded', () => readAgentState(bed.dataDirectory) !== null);
    expect(bed.agentState()).toEqual(state);
    await run.put('1', 'hello');
    expect(await run.close()).toMatchObject({ uploads: 1 });
  });

  it('whose record is gone ends when its runs have', async () => {
    const run = await bed.openRun(server);
    const { pid, secret } = bed.agentState();
    rmSync(join(bed.dataDirectory, 'agent.json'));
    const next = await bed.openRun(server);
    expect(next.url).not.toBe(run.url);
    expect((await run.get('1')).status).toBe(404);
    expect(pidsOf('front', bed.dataDirectory)).toContain(pid);
    await exchange(run.url, {
      method: 'POST',
      path: controlPaths.closeRun,
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ run: { by: 'id', runId: run.runId }, durationsMs: {} }),
    });
    await until('it has ended', () => !pidsOf('front', bed.dataDirectory).includes(pid));
    expect(pidsOf('front', bed.dataDirectory)).toEqual([bed.agentState().pid]);
  });

  it('removes the downloads of agents that were killed', async () => {
    const { downloads } = dataLayout(bed.dataDirectory);
    const dead = join(downloads, String(2 ** 22 + 1));
    const alive = join(downloads, String(process.pid));
    for (const folder of [dead, alive]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'half-an-artifact'), 'x');
    }
    const run = await bed.openRun(server);
    await run.get('1');
    expect(readdirSync(downloads).sort()).toEqual(
      [String(process.pid), String(bed.agentState().pid)].sort(),
    );
    expect(readdirSync(alive)).toEqual(['half-an-artifact']);
  });
});

it('an artifact that is removed from the spool is waited for by nobody', async () => {
  const { dataDirectory } = bed;
  const run = await bed.openRun(server, { idleMs: 0, uploadDeadlineMs: 3_600_000 });
  await run.get('1');
  const worker = await workerPid(dataDirectory);
  kill(worker, 'SIGSTOP');
  expect(await run.put('1', 'hello')).toBe(200);
  rmSync(dataLayout(dataDirectory).spool, { recursive: true });
  kill(worker, 'SIGCONT');
  expect(await run.close()).toMatchObject({ uploads: 0, pendingUploads: 0 });
  await untilNoAgent(dataDirectory);
});

describe('the end of the process that opened a run', () => {
  it('closes the run: what it holds is sent, and the agent ends', async () => {
    const { dataDirectory } = bed;
    const configuration = runConfiguration(server, {
      isCi: false,
      idleMs: 0,
      startEstimate: { kind: 'start-follows-miss', parallel: 1 },
    });
    const command = await startNxCommand(bed, { dataDirectory, configuration });
    await command.openRun();
    await command.ask('GET', '1');
    await command.ask('GET', '2');
    await command.ask('PUT', '1', 'hello');
    expect(server.artifacts.size).toBe(0);
    await command.kill();
    await untilNoAgent(dataDirectory);
    expect([...server.artifacts.keys()]).toEqual([
      artifactHash({ format: 'nx.tar.gz', ...configuration, taskHash: '1' }),
    ]);
  });

  it('leaves other runs alone', async () => {
    const { dataDirectory } = bed;
    const configuration = runConfiguration(server, { isCi: false, idleMs: 0 });
    const command = await startNxCommand(bed, { dataDirectory, configuration });
    const ownerless = createNxClient(await command.openRun());
    await command.ask('GET', '2');
    const run = await bed.openRun(server, { idleMs: 0 });
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    await command.kill();
    await until('its run is closed', async () => (await ownerless.get('1')).status === 404);
    ownerless.disconnect();
    expect((await run.get('1')).status).toBe(200);
    await run.close();
    await untilNoAgent(dataDirectory);
  });
});

describe('a worker', () => {
  it('that is killed during a lookup makes it a miss, and is replaced', async () => {
    server.behaviour.get = waitFor(createGate());
    const run = await bed.openRun(server);
    const answered = run.get('1');
    await until('it has asked the server', () => server.seen('get').length === 1);
    const pid = await workerPid(bed.dataDirectory);
    kill(pid, 'SIGKILL');
    expect(await answered).toEqual({ status: 404, body: Buffer.alloc(0) });
    server.behaviour.get = (each) => each.proceed();
    await untilFound(run);
    expect(await workerPid(bed.dataDirectory)).not.toBe(pid);
  });

  it('that is killed again and again loses no artifact', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    const run = await bed.openRun(server);
    for (let round = 1; round <= 3; round += 1) {
      await run.get(`${round}`);
      expect(await run.put(`${round}`, `artifact ${round}`)).toBe(200);
      await until('an upload has begun', () => server.seen('put').length >= round);
      kill(await workerPid(bed.dataDirectory), 'SIGKILL');
      // Some are stored while there is no worker.
      expect(await run.put(`${round}0`, `artifact ${round}0`)).toBe(200);
    }
    gate.open();
    server.behaviour.put = (each) => each.proceed();
    expect(await run.close()).toMatchObject({ uploads: 6, pendingUploads: 0, trouble: null });
    for (const task of ['1', '2', '3', '10', '20', '30']) {
      expect(server.artifacts.get(run.wireHash(task))?.body.toString()).toBe(`artifact ${task}`);
    }
    expect(await bed.spooled()).toEqual([]);
  });

  it('that is killed leaves each run its own token', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    const runs = [
      await bed.openRun(server, { token: 'first' }),
      await bed.openRun(server, { token: 'second' }),
    ];
    for (const [index, run] of runs.entries()) {
      await run.get(`${index}`);
      await run.put(`${index}`, 'hello');
    }
    await until('the uploads have begun', () => server.seen('put').length === 2);
    kill(await workerPid(bed.dataDirectory), 'SIGKILL');
    await until('the next worker has begun anew', () => server.seen('put').length === 4);
    gate.open();
    for (const run of runs) expect(await run.close()).toMatchObject({ uploads: 1 });
    for (const [index, token] of ['first', 'second'].entries()) {
      const sent = server.seen('put', runs[index]!.wireHash(`${index}`));
      const authorizations = sent.map(({ headers }) => headers.authorization);
      expect(authorizations).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
    }
  });

  it('that is killed while its run is being closed still gives exact durations', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    const run = await bed.openRun(server);
    await run.put('1', 'hello');
    const closed = run.close({ '1': 1234 });
    await until('the upload has begun', () => server.seen('put').length === 1);
    kill(await workerPid(bed.dataDirectory), 'SIGKILL');
    await until('the next one uploads it', () => server.seen('put').length === 2);
    gate.open();
    expect(await closed).toMatchObject({ uploads: 1 });
    const durations = server.seen('put').map(({ headers }) => headers['x-artifact-duration']);
    expect(durations).toEqual(['1234', '1234']);
  });

  it('that hangs makes its lookups misses within seconds, and is replaced', async () => {
    const run = await bed.openRun(server);
    await run.get('1');
    const pid = await workerPid(bed.dataDirectory);
    kill(pid, 'SIGSTOP');
    expect((await run.get('2')).status).toBe(404);
    await until('it is gone', () => !agentProcesses(bed.dataDirectory).some((e) => e.pid === pid));
    await untilFound(run);
  });

  // As during the update of Node that an agent on a laptop lives through, or without free memory.
  it.each<[string, (execPath: string) => () => void]>([
    [
      'is gone',
      (execPath) => {
        renameSync(execPath, `${execPath}.old`);
        return () => {
          renameSync(`${execPath}.old`, execPath);
        };
      },
    ],
    [
      'is being written',
      (execPath) => {
        renameSync(execPath, `${execPath}.old`);
        copyFileSync(`${execPath}.old`, execPath);
        const file = openSync(execPath, 'r+');
        return () => {
          closeSync(file);
        };
      },
    ],
  ])('that cannot be replaced while Node %s keeps nobody waiting', async (_what, spoil) => {
    const { dataDirectory } = bed;
    const execPath = join(bed.makeFolder(), 'node');
    copyFileSync(process.execPath, execPath);
    const configuration = runConfiguration(server);
    const command = await startNxCommand(bed, { dataDirectory, configuration, execPath });
    const nx = createNxClient(await command.openRun());
    bed.onCleanUp(() => {
      nx.disconnect();
    });
    await nx.get('1');
    const restore = spoil(execPath);
    kill(await workerPid(dataDirectory), 'SIGKILL');
    await until('it is gone', () => pidsOf('worker', dataDirectory).length === 0);
    for (const task of ['2', '3', '4']) expect((await nx.get(task)).status).toBe(404);
    expect(await nx.put('2', 'hello')).toBe(200);
    expect(await bed.spooled()).toHaveLength(1);
    restore();
    await until('it is sent', async () => (await bed.spooled()).length === 0);
    expect(pidsOf('front', dataDirectory)).toEqual([bed.agentState().pid]);
  });
});
