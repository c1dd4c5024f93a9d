import { readFileSync } from 'node:fs';
import { type ProcessGroup } from './process-group.ts';

const SAMPLE_INTERVAL_MS = 25;

/** Samples the memory of a group from its call on, until `end` is called. */
export function watchPeakMemory(group: ProcessGroup): { end: () => number } {
  let peakKb = 0;
  const sample = () => {
    const statuses = group.pids().map(readMemory);
    // What all have at this moment, or what one has had since it began: that one is exact.
    const now = statuses.reduce((sum, { residentKb }) => sum + residentKb, 0);
    peakKb = Math.max(peakKb, now, ...statuses.map(({ peakResidentKb }) => peakResidentKb));
  };
  sample();
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  return {
    /** Megabytes (10^6 bytes). */
    end() {
      clearInterval(timer);
      sample();
      return (peakKb * 1024) / 1e6;
    },
  };
}

/**
 * The most memory that this process has had, in megabytes (10^6 bytes). `process.resourceUsage` would
 * count what its parent had when it started it, which may be more.
 */
export function ownPeakMb(): number {
  return (readMemory('self').peakResidentKb * 1024) / 1e6;
}

function readMemory(pid: number | 'self'): { residentKb: number; peakResidentKb: number } {
  let status = '';
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended.
  }
  const read = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
  return { residentKb: read('VmRSS'), peakResidentKb: read('VmHWM') };
}
