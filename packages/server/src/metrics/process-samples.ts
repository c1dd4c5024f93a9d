import { readdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { MetricSamples, Sample } from './format-metrics.ts';

const DESCRIPTORS = '/proc/self/fd';

/** What the process says of itself. It is asked when it is told; nothing is measured in between. */
export async function sampleProcess(): Promise<MetricSamples['values']> {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { active } = performance.eventLoopUtilization();
  return {
    process_cpu_seconds_total: one((user + system) / 1e6),
    process_resident_memory_bytes: one(rss),
    process_start_time_seconds: one(performance.timeOrigin / 1e3),
    process_open_fds: await sampleDescriptors(),
    nodejs_heap_size_used_bytes: one(heapUsed),
    nodejs_external_memory_bytes: one(external),
    nodejs_eventloop_active_seconds_total: one(active / 1e3),
  };
}

/** A metric without labels. */
export function one(value: number): Sample[] {
  return [{ value }];
}

async function sampleDescriptors(): Promise<Sample[]> {
  try {
    // One of them is open only to list the others.
    return one((await readdir(DESCRIPTORS)).length - 1);
  } catch {
    return [];
  }
}
