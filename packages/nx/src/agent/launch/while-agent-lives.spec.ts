import { createAgentBed } from '../../testing/agent-bed.fixture.ts';
import { waitFor } from '../../testing/artifacts-server.fixture.ts';
import { kill } from '../../testing/processes.fixture.ts';
import { createGate } from '../../testing/test-bed.fixture.ts';
import { isAgentHealthy } from './agent-request.ts';
import { whileAgentLives } from './while-agent-lives.ts';

const bed = createAgentBed();
afterEach(() => bed.cleanUp());

const never = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });

describe('an answer of the agent', () => {
  it('is waited for while the agent is well', async () => {
    const gate = createGate();
    const server = await bed.startServer();
    server.behaviour.get = waitFor(gate);
    const run = await bed.openRun(server);
    let checks = 0;
    const answer = whileAgentLives(
      bed.agentState(),
      async () => {
        while (checks < 5) {
          expect(await isAgentHealthy(bed.agentState(), 60_000)).toBe(true);
          checks += 1;
        }
        gate.open();
        return (await run.get('1')).status;
      },
      { checkIntervalMs: 1, healthTimeoutMs: 60_000 },
    );
    expect(await answer).toBe(404);
  });

  it.each([
    ['hangs', 'SIGSTOP'],
    ['is gone', 'SIGKILL'],
  ] as const)('is not waited for when the agent %s', async (_what, signal) => {
    await bed.openRun(await bed.startServer());
    const agent = bed.agentState();
    kill(agent.pid, signal);
    await expect(
      whileAgentLives(agent, never, { checkIntervalMs: 1, healthTimeoutMs: 50 }),
    ).rejects.toMatchObject({ code: 'LARDER_AGENT_UNREACHABLE' });
  });

  it('that is an error is passed on', async () => {
    await bed.openRun(await bed.startServer());
    const failure = new Error('no');
    await expect(whileAgentLives(bed.agentState(), () => Promise.reject(failure))).rejects.toBe(
      failure,
    );
  });
});
