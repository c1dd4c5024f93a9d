import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAgentState, writeAgentState, type AgentState } from '../protocol/agent-state.ts';
import { closeRun } from './agent-client.ts';

let folder: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-agent-client-'));
});

afterEach(async () => {
  server?.close();
  await rm(folder, { recursive: true });
});

/** Records an agent that cuts every connection off. */
async function recordDyingAgent(beforeCut: (state: AgentState) => void): Promise<void> {
  const listening = createServer((socket) => {
    socket.once('data', () => {
      beforeCut(state);
      socket.resetAndDestroy();
    });
  }).listen(0, '127.0.0.1');
  server = listening;
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const state = { version: '1.0.0', pid: process.pid, port, secret: 'secret' };
  writeAgentState(folder, state);
}

const close = () =>
  closeRun(folder, { run: { by: 'id', runId: '1' }, durationsMs: {} }, () => undefined);

describe('closing a run', () => {
  it('finds none when the agent ends by itself meanwhile', async () => {
    await recordDyingAgent((state) => {
      removeAgentState(folder, state);
    });
    expect(await close()).toBeNull();
  });

  it('fails when the agent is cut off', async () => {
    await recordDyingAgent(() => undefined);
    await expect(close()).rejects.toMatchObject({ code: 'LARDER_AGENT_UNREACHABLE' });
  });

  it('finds none when there is no agent', async () => {
    expect(await close()).toBeNull();
  });
});
