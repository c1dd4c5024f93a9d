import { appendFileSync, writeFileSync } from 'node:fs';
import { isProcessAlive } from '../../agent/is-process-alive.ts';
import { dataLayout } from '../../agent/protocol/data-layout.ts';
import { runCli } from '../run-cli.ts';
import { hang, proceed, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { kill } from '../../testing/processes.fixture.ts';
import { until } from '../../testing/test-bed.fixture.ts';
import { createCliBed } from '../cli-bed.fixture.ts';

const bed = createCliBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
  bed.enter({ variables: { LARDER_URL: server.url, LARDER_TOKEN: 'token' } });
});
afterEach(() => bed.cleanUp());

describe('agent status', () => {
  it('tells of one that runs', async () => {
    await bed.openRun(server);
    const { pid } = bed.agentState();
    expect(await bed.larderJson('agent', 'status')).toMatchObject({
      state: 'running',
      pid,
      openRuns: 1,
      uploads: 0,
    });
    expect((await bed.larder('agent', 'status')).output).toContain(`running: pid ${String(pid)}`);
  });

  it('tells of none, of one that has died, and of one that hangs', async () => {
    expect(await bed.larderJson('agent', 'status')).toMatchObject({ state: 'none' });
    await bed.openRun(server);
    const { pid } = bed.agentState();
    kill(pid, 'SIGSTOP');
    expect(await bed.larderJson('agent', 'status')).toMatchObject({ state: 'hanging', pid });
    kill(pid, 'SIGKILL');
    await until('it is dead', () => !isProcessAlive(pid));
    expect(await bed.larderJson('agent', 'status')).toMatchObject({ state: 'stale', pid });
  });
});

describe('agent stop', () => {
  it('ends an agent that has nothing to do', async () => {
    await (await bed.openRun(server, { idleMs: 3_600_000 })).close();
    const { pid } = bed.agentState();
    expect(await bed.larder('agent', 'stop')).toMatchObject({
      exitCode: 0,
      output: `The agent (pid ${String(pid)}) has ended.\n`,
    });
    expect(isProcessAlive(pid)).toBe(false);
    expect(await bed.larder('agent', 'stop')).toMatchObject({
      exitCode: 0,
      output: 'No agent was running.\n',
    });
  });

  it('leaves a command alone that is under way, and says so', async () => {
    const run = await bed.openRun(server);
    const { pid } = bed.agentState();
    const { exitCode, errors } = await bed.larder('agent', 'stop', '--timeout', '0.2');
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/1 command and 0 uploads to finish.*LARDER_CLI_AGENT_STAYS/);
    expect((await run.get('1')).status).toBe(404);
    await run.close();
    await until('it has ended', () => !isProcessAlive(pid));
  });

  it('lets it upload what it has', async () => {
    server.behaviour.put = hang;
    const run = await bed.openRun(server, { isCi: false, idleMs: 3_600_000 });
    await run.get('1');
    await run.put('1', 'hello');
    await until('the upload has begun', () => server.seen('put').length > 0);
    await run.close();
    expect((await bed.larder('agent', 'stop', '--timeout', '0.2')).errors).toMatch(
      /0 commands and 1 upload to finish/,
    );
    server.behaviour.put = proceed;
  });

  it('ends it at once when that is asked for', async () => {
    await bed.openRun(server);
    const { pid } = bed.agentState();
    expect((await bed.larder('agent', 'stop', '--force')).exitCode).toBe(0);
    expect(isProcessAlive(pid)).toBe(false);
  });
});

describe('agent logs', () => {
  it('prints what there is', async () => {
    expect(await bed.larder('agent', 'logs')).toMatchObject({ exitCode: 0, output: '' });
    writeFileSync(dataLayout(bed.dataDirectory).log, 'a line\n');
    expect((await bed.larder('agent', 'logs')).output).toBe('a line\n');
  });

  it('goes on with what comes, also when the log was emptied, until Ctrl-C', async () => {
    const { log } = dataLayout(bed.dataDirectory);
    writeFileSync(log, 'first\n');
    const interrupted = new AbortController();
    let output = '';
    const following = runCli(['agent', 'logs', '--follow'], {
      variables: process.env,
      print: (text) => Promise.resolve(void (output += text)),
      printError: () => Promise.resolve(),
      signal: interrupted.signal,
    });
    await until('the first line is there', () => output === 'first\n');
    appendFileSync(log, 'second\n');
    await until('the second line is there', () => output === 'first\nsecond\n');
    writeFileSync(log, '3\n');
    await until('the third line is there', () => output === 'first\nsecond\n3\n');
    interrupted.abort();
    expect(await following).toBe(0);
  });
});
