import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createSubjectGroup } from './bench-group.ts';
import { type Cost } from './cost.ts';
import { watchPeakMemory } from './peak-memory.ts';

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
    async during(act, { withMemory = false } = {}) {
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
    },
    async end() {
      child.kill();
      await ended;
      await group.remove();
    },
  };
}
