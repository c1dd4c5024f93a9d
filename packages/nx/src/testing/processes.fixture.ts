import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { until } from './test-bed.fixture.ts';

export interface AgentProcess {
  readonly pid: number;
  readonly kind: 'front' | 'worker';
}

/** The agent processes that serve a data folder. Asks the system, so that no zombie counts. */
export function agentProcesses(dataDirectory: string): AgentProcess[] {
  return commandLines().flatMap(({ pid, text }): AgentProcess[] => {
    const match = /[/\\](front|worker)[/\\]main\.js (.*)$/.exec(text);
    if (match?.[2] !== dataDirectory) return [];
    return [{ pid, kind: match[1] as AgentProcess['kind'] }];
  });
}

interface CommandLine {
  readonly pid: number;
  readonly text: string;
}

/** What runs on this machine. `ps` is not there everywhere: small images of Linux have none. */
function commandLines(): CommandLine[] {
  if (existsSync('/proc/self/cmdline')) return commandLinesOfProc();
  const list = execFileSync('ps', ['-ax', '-o', 'pid=,args='], { encoding: 'utf8' });
  return list.split('\n').flatMap((line) => {
    const match = /^\s*(\d+) (.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), text: match[2] ?? '' }] : [];
  });
}

function commandLinesOfProc(): CommandLine[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const text = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return [{ pid: Number(name), text: text.split('\0').join(' ').trimEnd() }];
    } catch {
      // It has ended since the listing.
      return [];
    }
  });
}

export function pidsOf(kind: AgentProcess['kind'], dataDirectory: string): number[] {
  return agentProcesses(dataDirectory)
    .filter((each) => each.kind === kind)
    .map(({ pid }) => pid);
}

/** The worker that is there now, waiting for one that is about to start. */
export async function workerPid(dataDirectory: string): Promise<number> {
  let pids: number[] = [];
  await until('there is one worker', () => {
    pids = pidsOf('worker', dataDirectory);
    return pids.length === 1;
  });
  return pids[0]!;
}

export async function untilNoAgent(dataDirectory: string): Promise<void> {
  await until('no process of the agent is left', () => agentProcesses(dataDirectory).length === 0);
}

/** Ends whatever agent serves the folder, in whatever state it is. */
export async function killAgents(dataDirectory: string): Promise<void> {
  await until('the agent is dead', () => {
    const processes = agentProcesses(dataDirectory);
    // The front first: it would start another worker.
    const fronts = processes.filter(({ kind }) => kind === 'front');
    for (const { pid } of fronts.length > 0 ? fronts : processes) kill(pid, 'SIGKILL');
    return processes.length === 0;
  });
}

/** Sends a signal to a process that may have ended by itself. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
