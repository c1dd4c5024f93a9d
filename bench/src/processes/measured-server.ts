import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createSubjectGroup } from './bench-group.ts';
import { type Cost } from './cost.ts';
import { watchPeakMemory } from './peak-memory.ts';
import { type ProcessGroup } from './process-group.ts';

/** A server, or whatever else goes on running, in a group of its own. */
export interface MeasuredServer {
  readonly process: ChildProcess;
  /** What the server took while `act` went on; `act` itself runs in this process. */
  during(act: () => Promise<void>, options?: { withMemory?: boolean }): Promise<Cost>;
  end(): Promise<void>;
}

/** @param start - Starts the process, such as with `spawn` or `fork`, before it returns. */
export function startMeasuredServer(start: () => ChildProcess): MeasuredServer {
  const group = createSubjectGroup();
  const child = group.startIn(start);
  const ended = once(child, 'exit');
  return {
    process: child,
    during: (act, options) => costDuring(group, act, options),
    async end() {
      child.kill();
      await ended;
      await group.remove();
    },
  };
}

/** A server that somebody else has started and will end. */
export interface WatchedServer extends Pick<MeasuredServer, 'during'> {
  /** Once the server has ended. */
  forget(): Promise<void>;
}

/** @param pid - Of a process that runs; its children, and those to come, belong to it. */
export function watchServer(pid: number): WatchedServer {
  const group = createSubjectGroup();
  for (const each of [pid, ...childrenOf(pid)]) group.adopt(each);
  return {
    during: (act, options) => costDuring(group, act, options),
    forget: () => group.remove(),
  };
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

async function costDuring(
  group: ProcessGroup,
  act: () => Promise<void>,
  { withMemory = false }: { withMemory?: boolean } = {},
): Promise<Cost> {
  const cpuBeforeMs = group.cpuMs();
  const startedAt = performance.now();
  const memory = withMemory ? watchPeakMemory(group) : null;
  let peakRssMb: number | null = null;
  try {
    await act();
  } finally {
    peakRssMb = memory?.end() ?? null;
  }
  const wallMs = performance.now() - startedAt;
  return { cpuMs: group.cpuMs() - cpuBeforeMs, wallMs, peakRssMb };
}
