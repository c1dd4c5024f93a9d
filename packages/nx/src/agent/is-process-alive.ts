import { readFileSync } from 'node:fs';

/** Whether a process runs. One that has ended does not, although nobody may have taken notice of it. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process is alive although it may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/**
 * Who is left of a process until its parent asks how it ended. In a container the parent of an orphan
 * is often a program that never does. Only Linux tells, see proc_pid_stat(5).
 */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name before it, in parentheses, may hold anything.
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
