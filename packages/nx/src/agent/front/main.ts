// Entry of the agent's front process: `node main.js <data folder>`. Prints the state of the agent
// that serves the folder, its own or that of another one that was faster, as one line of JSON.
import '../protocol/enable-compile-cache.ts';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../../package-version.ts';
import { workerEnvironment } from '../launch/agent-environment.ts';
import { isAgentHealthy } from '../launch/agent-request.ts';
import {
  discardAgentRecord,
  readAgentRecord,
  removeAgentState,
  writeAgentState,
  type AgentState,
} from '../protocol/agent-state.ts';
import { createFront } from './create-front.ts';

const healthTimeoutMs = 1_000;
/** How often the agent makes sure that it is still the one that commands find. */
const stateCheckIntervalMs = 2_000;
/** Each attempt meets another agent that has died or has another version. */
const maxClaimAttempts = 10;

async function main(): Promise<void> {
  const dataDirectory = process.argv[2];
  if (dataDirectory === undefined) throw new Error('The data folder is missing');
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });

  const version = packageVersion();
  const secret = randomBytes(32).toString('base64url');
  let state: AgentState | null = null;
  const front = createFront({
    dataDirectory,
    version,
    secret,
    worker: {
      entryFile: join(__dirname, '..', 'worker', 'main.js'),
      args: [dataDirectory],
      environment: workerEnvironment(process.env),
    },
    now: Date.now,
    onIdle: () => void end(),
  });

  async function end(): Promise<void> {
    if (state) removeAgentState(dataDirectory ?? '', state);
    await front.close();
    process.exit(0);
  }

  state = { version, pid: process.pid, port: await front.listen(), secret };
  const faster = await claim(dataDirectory, state);
  announce(faster ?? state);
  if (faster) {
    await end();
    return;
  }
  const own = state;
  setInterval(() => {
    if (!isStillRecorded(dataDirectory, own)) front.drain();
  }, stateCheckIntervalMs);
  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());
}

/**
 * Whether commands find this agent. A record that makes no sense is nobody else's: it is replaced, for
 * a command that is under way would not find the agent again to close its run.
 */
function isStillRecorded(dataDirectory: string, own: AgentState): boolean {
  const record = readAgentRecord(dataDirectory);
  if (record === null) return false;
  if (record.state !== null) return record.state.secret === own.secret;
  try {
    discardAgentRecord(dataDirectory, record);
    return writeAgentState(dataDirectory, own);
  } catch {
    // The folder cannot be written any more; the next command looks for another one.
    return false;
  }
}

/** @returns the agent that serves the folder already, or null when it is this one now. */
async function claim(dataDirectory: string, own: AgentState): Promise<AgentState | null> {
  for (let attempt = 0; attempt < maxClaimAttempts; attempt += 1) {
    if (writeAgentState(dataDirectory, own)) return null;
    const record = readAgentRecord(dataDirectory);
    if (!record) continue;
    const other = record.state;
    if (other?.version === own.version && (await isAgentHealthy(other, healthTimeoutMs)))
      return other;
    discardAgentRecord(dataDirectory, record);
  }
  throw new Error('Other agents keep taking the place of those that do not answer');
}

function announce(state: AgentState): void {
  try {
    writeSync(1, `${JSON.stringify(state)}\n`);
  } catch {
    // Whoever started this agent has gone; the next command finds it by its state file.
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
