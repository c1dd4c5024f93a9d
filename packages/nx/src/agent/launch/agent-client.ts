import { Agent, request, type IncomingMessage } from 'node:http';
import { pluginError } from '../../errors/plugin-error.ts';
import type { RunReport } from '../../report/run-report.ts';
import { packageVersion } from '../../package-version.ts';
import { readAgentState, type AgentState } from '../protocol/agent-state.ts';
import {
  controlPaths,
  type CloseRunLine,
  type CloseRunRequest,
  type OpenRunAnswer,
  type OpenRunRequest,
  type RetrieveAnswer,
  type RetrieveRequest,
  type StoreRequest,
} from '../protocol/control-api.ts';
import { startAgent } from './start-agent.ts';

/** Opening a run is a matter of milliseconds; an agent that takes longer is no help. */
const openTimeoutMs = 2_000;

/** While a run is being closed the agent is heard of every half second; silence means that it hangs. */
const closeSilenceTimeoutMs = 10_000;

/** A run as the process that opened it holds it. */
export interface OpenedRun {
  readonly runId: string;
  readonly token: string;
  /** Where Nx's own cache client finds the agent. */
  readonly url: string;
  retrieve(retrieve: RetrieveRequest): Promise<boolean>;
  store(store: StoreRequest): Promise<void>;
  /** Lets go of the connections; the run itself ends by `closeRun`. */
  disconnect(): void;
}

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
  const answer = await call<OpenRunAnswer>(agent, controlPaths.openRun, openRequest, {
    token: agent.secret,
    timeoutMs: openTimeoutMs,
  });
  const connections = new Agent({ keepAlive: true });
  const authorization = { token: answer.token, connections };
  return {
    runId: answer.runId,
    token: answer.token,
    url: `http://127.0.0.1:${agent.port}`,
    async retrieve(retrieve) {
      const { isHit } = await call<RetrieveAnswer>(
        agent,
        controlPaths.retrieve,
        retrieve,
        authorization,
      );
      return isHit;
    },
    async store(store) {
      await call(agent, controlPaths.store, store, authorization);
    },
    disconnect() {
      connections.destroy();
    },
  };
}

/**
 * Closes a run and waits as long as its configuration says.
 *
 * @returns the report, or null when no agent knows the run any more.
 * @throws LarderError `LARDER_AGENT_UNREACHABLE`
 */
export async function closeRun(
  dataDirectory: string,
  closeRequest: CloseRunRequest,
  onProgress: (progress: Extract<CloseRunLine, { kind: 'progress' }>) => void,
): Promise<RunReport | null> {
  const agent = readAgentState(dataDirectory);
  if (!agent) return null;
  const response = await send(agent, controlPaths.closeRun, closeRequest, {
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
    throw unreachable('it stopped in the middle of an answer', cause);
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

interface CallOptions {
  readonly token: string;
  readonly connections?: Agent;
  readonly timeoutMs?: number;
}

async function call<Answer>(
  agent: AgentState,
  path: string,
  body: object,
  options: CallOptions,
): Promise<Answer> {
  const response = await send(agent, path, body, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  if (response.statusCode !== 200) {
    throw unreachable(`it answered ${path} with status ${String(response.statusCode)}`);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Answer;
}

function send(
  agent: AgentState,
  path: string,
  body: object,
  { token, connections, timeoutMs }: CallOptions,
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
    });
    sent.on('response', resolve);
    sent.on('timeout', () => {
      sent.destroy(new Error(`no answer within ${String(timeoutMs)} ms`));
    });
    sent.on('error', (cause) => {
      reject(unreachable(cause.message, cause));
    });
    sent.end(text);
  });
}

function unreachable(reason: string, cause?: unknown) {
  return pluginError('LARDER_AGENT_UNREACHABLE', `The agent cannot be reached: ${reason}`, {
    hint: 'Run the command again; when it happens repeatedly, look at agent.log in the data folder.',
    cause,
  });
}
