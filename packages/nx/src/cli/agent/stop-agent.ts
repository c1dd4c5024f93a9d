import { callAgent } from '../../agent/launch/agent-request.ts';
import { isProcessAlive } from '../../agent/is-process-alive.ts';
import { readAgentState } from '../../agent/protocol/agent-state.ts';
import { controlPaths, type HealthAnswer } from '../../agent/protocol/control-api.ts';
import { pluginError } from '../../errors/plugin-error.ts';
import { formatCount } from '../../format/format-count.ts';
import { setTimeout as delay } from 'node:timers/promises';

const answerTimeoutMs = 2_000;
const pollIntervalMs = 50;

export interface StopOptions {
  /** End it whatever it is doing: a command that is under way fails. */
  readonly isForced: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Ends the agent of a data folder when it has finished what it is doing. Null when there is none,
 * otherwise its pid.
 *
 * @throws LarderError `LARDER_CLI_AGENT_STAYS`
 */
export async function stopAgent(
  dataDirectory: string,
  options: StopOptions,
): Promise<number | null> {
  const agent = readAgentState(dataDirectory);
  if (agent === null || !isProcessAlive(agent.pid)) return null;
  const { pid } = agent;
  let health: HealthAnswer | null = null;
  if (options.isForced) {
    // It must be the agent: a process may have been given the number of one that died.
    if (await isAnswering(agent)) process.kill(pid, 'SIGTERM');
  } else {
    health = await callAgent<HealthAnswer>(
      agent,
      controlPaths.drain,
      {},
      { token: agent.secret, timeoutMs: answerTimeoutMs },
    ).catch(() => null);
  }
  if (await hasEnded(pid, options)) return pid;
  throw stays(pid, health);
}

async function isAnswering(agent: { readonly port: number; readonly secret: string }) {
  const { port, secret } = agent;
  const options = { token: secret, timeoutMs: answerTimeoutMs };
  return callAgent({ port, secret }, controlPaths.health, {}, options).then(
    () => true,
    () => false,
  );
}

async function hasEnded(pid: number, { timeoutMs, signal }: StopOptions): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isProcessAlive(pid)) {
    if (signal.aborted || performance.now() > deadline) return false;
    await delay(pollIntervalMs);
  }
  return true;
}

function stays(pid: number, health: HealthAnswer | null) {
  const work =
    health === null
      ? 'it does not answer'
      : `it has ${formatCount(health.openRuns, 'command')} and ${formatCount(health.uploads, 'upload')} to finish, and ends then`;
  return pluginError(
    'LARDER_CLI_AGENT_STAYS',
    `The agent (pid ${String(pid)}) still runs: ${work}`,
    {
      hint: 'Wait for it, or end it with "larder agent stop --force": what it has not sent is sent later, but a command that is under way fails.',
    },
  );
}
