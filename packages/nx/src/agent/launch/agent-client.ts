import type { IncomingMessage } from 'node:http';
import type { RunReport } from '../../report/run-report.ts';
import { packageVersion } from '../../package-version.ts';
import { readAgentState, type AgentState } from '../protocol/agent-state.ts';
import {
  controlPaths,
  type CloseRunLine,
  type CloseRunRequest,
  type OpenRunAnswer,
  type OpenRunRequest,
} from '../protocol/control-api.ts';
import { agentUnreachable, callAgent, sendToAgent } from './agent-request.ts';
import { createRunCalls, type RunCalls } from './run-calls.ts';
import { startAgent } from './start-agent.ts';

/** Opening a run is a matter of milliseconds; an agent that takes longer is no help. */
const openTimeoutMs = 2_000;

/** While a run is being closed the agent is heard of every half second; silence means that it hangs. */
const closeSilenceTimeoutMs = 10_000;

/** A run as the process that opened it holds it. */
export interface OpenedRun extends RunCalls {
  readonly runId: string;
  readonly token: string;
  /** Where Nx's own cache client finds the agent. */
  readonly url: string;
  /** {@link closeRun}, with the agent that the run was opened with. */
  close(outcome: RunOutcome, onProgress: OnProgress): Promise<RunReport | null>;
}

export type RunOutcome = Omit<CloseRunRequest, 'run'>;
export type OnProgress = (progress: Extract<CloseRunLine, { kind: 'progress' }>) => void;

/**
 * Opens a run with the workspace's agent, which is started when there is none of this version.
 *
 * @throws LarderError `LARDER_AGENT_NOT_STARTED`, `LARDER_AGENT_UNREACHABLE`
 */
export async function openRun(
  dataDirectory: string,
  openRequest: OpenRunRequest,
  environment: NodeJS.ProcessEnv,
): Promise<OpenedRun> {
  const running = readAgentState(dataDirectory);
  if (running?.version === packageVersion()) {
    try {
      return await openRunWith(running, openRequest);
    } catch {
      // It ended or hangs: a new one replaces it.
    }
  }
  return openRunWith(await startAgent(dataDirectory, environment), openRequest);
}

async function openRunWith(agent: AgentState, openRequest: OpenRunRequest): Promise<OpenedRun> {
  const answer = await callAgent<OpenRunAnswer>(agent, controlPaths.openRun, openRequest, {
    token: agent.secret,
    timeoutMs: openTimeoutMs,
  });
  return {
    ...createRunCalls(agent, answer.token),
    runId: answer.runId,
    token: answer.token,
    url: `http://127.0.0.1:${agent.port}`,
    close: (outcome, onProgress) =>
      closeRunWith(agent, { run: { by: 'id', runId: answer.runId }, ...outcome }, onProgress),
  };
}

/**
 * Closes a run of the workspace's agent and waits as long as the run's configuration says.
 *
 * @returns the report, or null when no agent knows the run any more.
 * @throws LarderError `LARDER_AGENT_UNREACHABLE`
 */
export async function closeRun(
  dataDirectory: string,
  closeRequest: CloseRunRequest,
  onProgress: OnProgress,
): Promise<RunReport | null> {
  const agent = readAgentState(dataDirectory);
  if (agent === null) return null;
  try {
    return await closeRunWith(agent, closeRequest, onProgress);
  } catch (error) {
    // Before an agent ends by itself it takes its record back: it had no run any more. That happens
    // when a plugin that is listed twice closes the run for the second time.
    if (readAgentState(dataDirectory)?.secret !== agent.secret) return null;
    throw error;
  }
}

async function closeRunWith(
  agent: AgentState,
  closeRequest: CloseRunRequest,
  onProgress: OnProgress,
): Promise<RunReport | null> {
  const response = await sendToAgent(agent, controlPaths.closeRun, closeRequest, {
    token: agent.secret,
    timeoutMs: closeSilenceTimeoutMs,
  });
  if (response.statusCode !== 200) {
    response.resume();
    return null;
  }
  try {
    for await (const text of readLines(response)) {
      const line = JSON.parse(text) as CloseRunLine;
      if (line.kind === 'report') return line.report;
      onProgress(line);
    }
  } catch (cause) {
    throw agentUnreachable('it stopped in the middle of an answer', cause);
  }
  return null;
}

/** Unlike `node:readline`, this fails when the stream does. */
async function* readLines(stream: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
