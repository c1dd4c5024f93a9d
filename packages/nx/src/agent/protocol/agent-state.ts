import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a command finds the running agent of its workspace: `agent.json` in the data folder. */
export interface AgentState {
  readonly version: string;
  readonly pid: number;
  readonly port: number;
  /** Authorizes opening and closing runs. The file's mode, 0600, keeps it to its user. */
  readonly secret: string;
}

function stateFile(dataDirectory: string): string {
  return join(dataDirectory, 'agent.json');
}

/** The recorded state, or null when there is none or what is there makes no sense. */
export function readAgentState(dataDirectory: string): AgentState | null {
  try {
    const state = JSON.parse(readFileSync(stateFile(dataDirectory), 'utf8')) as unknown;
    return isAgentState(state) ? state : null;
  } catch {
    return null;
  }
}

/**
 * Records an agent. Without `replace` this succeeds for one of any number of agents that try at
 * the same time: the file is complete before it appears, and it appears by linking.
 *
 * @returns whether the state now names this agent.
 */
export function writeAgentState(
  dataDirectory: string,
  state: AgentState,
  { replace }: { replace: boolean },
): boolean {
  const temporary = join(dataDirectory, `agent.${String(state.pid)}.json.tmp`);
  writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
  try {
    if (replace) renameSync(temporary, stateFile(dataDirectory));
    else linkSync(temporary, stateFile(dataDirectory));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Takes the record back, unless it names another agent by now. */
export function removeAgentState(dataDirectory: string, state: AgentState): void {
  if (readAgentState(dataDirectory)?.secret === state.secret) {
    rmSync(stateFile(dataDirectory), { force: true });
  }
}

function isAgentState(value: unknown): value is AgentState {
  if (typeof value !== 'object' || value === null) return false;
  const { version, pid, port, secret } = value as Record<string, unknown>;
  return (
    typeof version === 'string' &&
    Number.isInteger(pid) &&
    Number.isInteger(port) &&
    typeof secret === 'string'
  );
}
