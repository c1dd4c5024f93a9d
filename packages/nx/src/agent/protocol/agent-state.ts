import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** How a command finds the running agent of its workspace: `agent.json` in the data folder. */
export interface AgentState {
  readonly version: string;
  readonly pid: number;
  readonly port: number;
  /** Authorizes opening and closing runs. The file's mode, 0600, keeps it to its user. */
  readonly secret: string;
}

/** What is recorded, whatever it is. */
export interface AgentRecord {
  readonly text: string;
  /** Null when the text makes no sense. */
  readonly state: AgentState | null;
}

function stateFile(dataDirectory: string): string {
  return join(dataDirectory, 'agent.json');
}

/** What is recorded, or null when nothing is. */
export function readAgentRecord(dataDirectory: string): AgentRecord | null {
  const text = readText(stateFile(dataDirectory));
  return text === null ? null : { text, state: parseState(text) };
}

/** The recorded state, or null when there is none or what is there makes no sense. */
export function readAgentState(dataDirectory: string): AgentState | null {
  return readAgentRecord(dataDirectory)?.state ?? null;
}

/**
 * Records an agent unless something is recorded already: of any number of agents that try at the
 * same time one succeeds. The file is complete before it appears, and it appears by linking.
 *
 * @returns whether the state now names this agent.
 */
export function writeAgentState(dataDirectory: string, state: AgentState): boolean {
  const temporary = join(dataDirectory, `agent.${String(state.pid)}.json.tmp`);
  try {
    writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
    return linkUnlessThere(temporary, stateFile(dataDirectory));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Removes a record, but not what somebody else has put in its place since it was read: several
 * agents may find the record of a dead one at the same time, and all but one come too late.
 */
export function discardAgentRecord(dataDirectory: string, { text }: AgentRecord): void {
  const file = stateFile(dataDirectory);
  if (readText(file) !== text) return;
  const aside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    renameSync(file, aside);
    // Between the look and the rename there was time for another agent.
    if (readText(aside) !== text) linkUnlessThere(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Takes an agent's own record back, unless it names another agent by now. */
export function removeAgentState(dataDirectory: string, { secret }: AgentState): void {
  const record = readAgentRecord(dataDirectory);
  if (record?.state?.secret === secret) discardAgentRecord(dataDirectory, record);
}

/** What file systems without links answer, such as exFAT, some network drives and shared folders. */
const noLinksCodes = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'EISDIR', 'UNKNOWN'];

/** @param link only for tests of a file system that has none. */
export function linkUnlessThere(file: string, name: string, link = linkSync): boolean {
  try {
    try {
      link(file, name);
    } catch (error) {
      if (!noLinksCodes.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      // Of several only one succeeds here too; whoever reads in the middle of it finds nonsense,
      // and starts an agent of its own at worst.
      copyFileSync(file, name, constants.COPYFILE_EXCL);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The text of a file; empty when it cannot be read, null when it does not exist. */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : '';
  }
}

function parseState(text: string): AgentState | null {
  try {
    const state = JSON.parse(text) as unknown;
    return isAgentState(state) ? state : null;
  } catch {
    return null;
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
