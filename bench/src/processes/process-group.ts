// A control group (version 2) of Linux: the only account of processes that misses neither children
// that nobody waited for nor those that were detached.
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processes whose cost is counted together: those that are started in it, and whatever they start. */
export interface ProcessGroup {
  /** Whatever `start` starts before it returns belongs to the group. */
  startIn<T>(start: () => T): T;
  /** Takes over a process that was started elsewhere, and what it will start from now on. */
  adopt(pid: number): void;
  /** User and system time so far, of those that have ended as well. */
  cpuMs(): number;
  pids(): number[];
  /** Waits until all of its processes have ended; a group inside of it must be gone. */
  remove(): Promise<void>;
  /** A group whose processes belong to this one as well. */
  createGroup(name: string): ProcessGroup;
}

const REMOVE_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/** @throws Error where the system has no control groups that this process may write. */
export function createProcessGroup(name: string): ProcessGroup {
  return openGroup(findMount(), name);
}

function openGroup(parent: string, name: string): ProcessGroup {
  const folder = join(parent, name);
  try {
    mkdirSync(folder);
  } catch (cause) {
    throw unavailable(`${folder} cannot be made`, cause);
  }
  const move = (pid: number, to: string) => {
    writeFileSync(join(to, 'cgroup.procs'), String(pid));
  };
  const pids = () =>
    readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);

  return {
    startIn(start) {
      const home = ownGroup();
      move(process.pid, folder);
      try {
        return start();
      } finally {
        move(process.pid, home);
      }
    },
    adopt(pid) {
      move(pid, folder);
    },
    cpuMs() {
      const text = readFileSync(join(folder, 'cpu.stat'), 'utf8');
      return Number(/^usage_usec (\d+)$/m.exec(text)?.[1] ?? NaN) / 1000;
    },
    pids,
    async remove() {
      const deadline = performance.now() + REMOVE_TIMEOUT_MS;
      while (!isRemoved(folder)) {
        if (performance.now() > deadline) {
          throw new Error(`These processes have not ended: ${pids().join(', ')}.`);
        }
        await sleep(POLL_MS);
      }
    },
    createGroup: (child) => openGroup(folder, child),
  };
}

/** Not while there is a process in it, even one that has ended and is not yet collected. */
function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
    throw error;
  }
}

function findMount(): string {
  const mounts = readText('/proc/mounts').split('\n');
  const mount = mounts.map((line) => line.split(' ')).find(([, , type]) => type === 'cgroup2');
  if (mount?.[1] === undefined) throw unavailable('none are mounted');
  return mount[1];
}

/** Where this process is now. */
function ownGroup(): string {
  const path = /^0::(.*)$/m.exec(readText('/proc/self/cgroup'))?.[1] ?? '/';
  return join(findMount(), path);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function unavailable(reason: string, cause?: unknown): Error {
  return new Error(
    `The cost of processes is read from control groups of Linux, version 2, and ${reason}. ` +
      'Run this on Linux as root.',
    { cause },
  );
}

/** Removes what earlier runs left that were killed. */
export function removeEmptyGroups(prefix: string): void {
  const mount = findMount();
  for (const name of readdirSync(mount)) {
    if (name.startsWith(prefix)) removeIfEmpty(join(mount, name));
  }
}

function removeIfEmpty(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeIfEmpty(join(folder, entry.name));
  }
  try {
    rmdirSync(folder);
  } catch {
    // Another bench is running in it.
  }
}
