import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createAgentBed } from '../../testing/agent-bed.fixture.ts';
import { untilNoAgent } from '../../testing/processes.fixture.ts';
import { findPeerProcess } from './peer-process.ts';

const bed = createAgentBed();
afterEach(() => bed.cleanUp());

/** A process that runs a program and stays until it is killed. */
function startProgram(program: string): ChildProcess {
  const child = spawn(process.execPath, ['-e', `${program}; setInterval(() => {}, 1000);`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bed.onCleanUp(() => child.kill('SIGKILL'));
  return child;
}

const canTell = process.platform === 'linux';

describe('the process at the other end of a connection', () => {
  async function connected(): Promise<{ socket: Socket; child: ChildProcess }> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const child = startProgram(`require('net').connect(${port}, '127.0.0.1')`);
    const [socket] = (await once(server, 'connection')) as [Socket];
    bed.onCleanUp(() => {
      socket.destroy();
      server.close();
    });
    return { socket, child };
  }

  it.each([
    ['that was expected', true],
    ['that was not expected', false],
  ])('is found: one %s', async (_what, isExpected) => {
    const { socket, child } = await connected();
    const likely = isExpected ? child.pid! : process.pid;
    expect(await findPeerProcess(socket, likely)).toBe(canTell ? child.pid : null);
  });

  it('is nobody when it has gone', async () => {
    const { socket, child } = await connected();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await findPeerProcess(socket, process.pid)).toBeNull();
  });
});

describe('a run that was opened by a process that stays', () => {
  it('ends with the one that asked for artifacts', async () => {
    const server = await bed.startServer();
    const run = await bed.openRun(server, { isCi: false, idleMs: 0 });
    const command = startProgram(
      `require('http').get('${run.url}/v1/cache/1', { headers: { authorization: 'Bearer ${run.token}' } }, () => console.log('asked'))`,
    );
    await once(command.stdout!, 'data');
    command.kill('SIGKILL');
    if (canTell) await untilNoAgent(bed.dataDirectory);
    else expect(bed.agentState().pid).toBeGreaterThan(0);
  });
});
