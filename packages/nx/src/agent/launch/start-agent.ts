import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pluginError } from '../../errors/plugin-error.ts';
import type { AgentState } from '../protocol/agent-state.ts';
import { dataLayout } from '../protocol/data-layout.ts';
import { frontEnvironment } from './agent-environment.ts';

/**
 * The compiled entry: Node cannot run TypeScript. `dist` mirrors `src`, so that this path is right
 * for the compiled file as well as for its source, which tests run.
 */
const frontEntryFile = join(__dirname, '../../../dist/agent/front/main.js');
const startTimeoutMs = 5_000;
const maxLogBytes = 1024 * 1024;

/**
 * Starts an agent that outlives this process, and waits until it listens. When several commands
 * start one at the same time, all of them get the same.
 *
 * @throws LarderError `LARDER_AGENT_NOT_STARTED`
 */
export async function startAgent(
  dataDirectory: string,
  environment: NodeJS.ProcessEnv,
): Promise<AgentState> {
  const log = openLog(dataDirectory);
  try {
    const agent = spawn(process.execPath, [frontEntryFile, dataDirectory], {
      cwd: agentFolder(dataDirectory),
      detached: true,
      windowsHide: true,
      env: frontEnvironment(environment),
      stdio: ['ignore', 'pipe', log],
    });
    agent.unref();
    return await announcement(agent);
  } catch (cause) {
    throw notStarted(dataDirectory, cause);
  } finally {
    closeSync(log);
  }
}

/** Windows removes no folder that a process works in, so the agent there does not stand in anybody's way. */
function agentFolder(dataDirectory: string): string {
  return process.platform === 'win32' ? tmpdir() : dataDirectory;
}

/** What the agent says as soon as it listens; afterwards this process holds nothing of it. */
async function announcement(agent: ChildProcess): Promise<AgentState> {
  const output = agent.stdout;
  if (!output) throw new Error('The agent has no output');
  const lines = createInterface({ input: output });
  let timeout: NodeJS.Timeout | undefined;
  try {
    return await new Promise<AgentState>((resolve, reject) => {
      lines.once('line', (line) => {
        resolve(JSON.parse(line) as AgentState);
      });
      agent.once('error', reject);
      agent.once('exit', (code) => {
        reject(new Error(`The agent ended with code ${String(code)}`));
      });
      timeout = setTimeout(() => {
        agent.kill('SIGKILL');
        reject(new Error(`The agent did not listen within ${startTimeoutMs} ms`));
      }, startTimeoutMs);
    });
  } finally {
    clearTimeout(timeout);
    agent.removeAllListeners('exit');
    lines.close();
    output.destroy();
  }
}

function openLog(dataDirectory: string): number {
  try {
    prepareDataDirectory(dataDirectory);
    const { log } = dataLayout(dataDirectory);
    const file = openSync(log, 'a', 0o600);
    if (statSync(log).size > maxLogBytes) truncateSync(log);
    return file;
  } catch (cause) {
    throw notStarted(dataDirectory, cause);
  }
}

/** The folder keeps itself out of version control and so out of Nx's hashes. */
function prepareDataDirectory(dataDirectory: string): void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(join(dataDirectory, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function notStarted(dataDirectory: string, cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return pluginError(
    'LARDER_AGENT_NOT_STARTED',
    `The agent in ${dataDirectory} could not be started: ${reason}`,
    {
      hint: 'Look at agent.log in that folder, or set LARDER_DATA_DIRECTORY to a folder that can be written.',
      cause,
    },
  );
}
