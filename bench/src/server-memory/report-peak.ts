// Loaded into the process that is measured, in front of its program: tells its parent, whenever that
// asks, what the process has needed so far.
import { ownPeakMb } from '../processes/peak-memory.ts';

export interface Peak {
  readonly peakRssMb: number;
  /** User and system. */
  readonly cpuMs: number;
}

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const peak: Peak = {
    peakRssMb: Math.round(ownPeakMb()),
    cpuMs: Math.round((user + system) / 1000),
  };
  process.send?.(peak);
});
