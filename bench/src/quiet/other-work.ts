import { readFileSync } from 'node:fs';
import { benchGroup } from '../processes/bench-group.ts';

/** Linux counts time in steps of this many milliseconds where it shows it to programs. */
const TICK_MS = 10;

/** What a comparison of two ways of counting may be wrong by, however short the time was. */
const TOLERANCE_MS = 4 * TICK_MS;

/** What this machine has been doing besides the bench since the call. */
export interface OtherWork {
  /** In cores: 1 is one of them all the time. Includes time that the host gave to other machines. */
  coresSince(): number;
}

export function watchOtherWork(): OtherWork {
  const startedAt = performance.now();
  const before = readOtherMs();
  return {
    coresSince() {
      const otherMs = readOtherMs() - before - TOLERANCE_MS;
      return Math.max(0, otherMs) / Math.max(1, performance.now() - startedAt);
    },
  };
}

function readOtherMs(): number {
  // `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. Interrupts are left out:
  // those of the bench's own network traffic are nobody's.
  const line = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = line.split(' ').map(Number);
  return (user + nice + system + steal) * TICK_MS - benchGroup().cpuMs();
}
