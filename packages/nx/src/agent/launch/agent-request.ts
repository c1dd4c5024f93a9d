import { request, type Agent, type IncomingMessage } from 'node:http';
import { pluginError } from '../../errors/plugin-error.ts';
import type { AgentState } from '../protocol/agent-state.ts';
import { controlPaths } from '../protocol/control-api.ts';

/** Where an agent listens, and what it answers to: its secret, or for most things a run's token. */
export type AgentAddress = Pick<AgentState, 'port' | 'secret'>;

export interface AgentRequestOptions {
  readonly token: string;
  readonly connections?: Agent;
  /** Longest silence, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks one of the agent's own endpoints, see `control-api.ts`.
 *
 * @throws LarderError `LARDER_AGENT_UNREACHABLE`
 */
export async function callAgent<Answer>(
  agent: AgentAddress,
  path: string,
  body: object,
  options: AgentRequestOptions,
): Promise<Answer> {
  const response = await sendToAgent(agent, path, body, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  if (response.statusCode !== 200) {
    throw agentUnreachable(`it answered ${path} with status ${String(response.statusCode)}`);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Answer;
}

/**
 * Sends a request to the agent and resolves to its answer, whatever its status is.
 *
 * @throws LarderError `LARDER_AGENT_UNREACHABLE`
 */
export function sendToAgent(
  agent: AgentAddress,
  path: string,
  body: object,
  { token, connections, timeoutMs, signal }: AgentRequestOptions,
): Promise<IncomingMessage> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port: agent.port,
      method: 'POST',
      path,
      agent: connections ?? false,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    });
    sent.on('response', resolve);
    sent.on('timeout', () => {
      sent.destroy(new Error(`no answer within ${String(timeoutMs)} ms`));
    });
    sent.on('error', (cause) => {
      reject(agentUnreachable(cause.message, cause));
    });
    sent.end(text);
  });
}

/** Whether the agent answers that it is well within `timeoutMs`. */
export async function isAgentHealthy(agent: AgentAddress, timeoutMs: number): Promise<boolean> {
  try {
    await callAgent(agent, controlPaths.health, {}, { token: agent.secret, timeoutMs });
    return true;
  } catch {
    return false;
  }
}

export function agentUnreachable(reason: string, cause?: unknown) {
  return pluginError('LARDER_AGENT_UNREACHABLE', `The agent cannot be reached: ${reason}`, {
    hint: 'Run the command again; when it happens repeatedly, look at agent.log in the data folder.',
    cause,
  });
}
