import { readdir, readFile } from 'node:fs/promises';

/** A process of this machine that runs: one that has ended and is not yet collected does not. */
export interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** The executable first. */
  readonly commandLine: readonly string[];
}

/** Lists what runs on this machine, as Linux shows it in `/proc`; a small image has no `ps`. */
export async function listProcesses(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(pids.map((pid) => readProcess(Number(pid))));
  return processes.filter((process) => process !== null);
}

/** Null for one that has ended since it was listed. */
async function readProcess(pid: number): Promise<RunningProcess | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name before it, in parentheses, may hold anything.
    const [state, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
    return { pid, parentPid: Number(parentPid), commandLine };
  } catch {
    return null;
  }
}
