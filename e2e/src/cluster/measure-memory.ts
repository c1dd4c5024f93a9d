import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { CLUSTER_TOKEN, type Replica } from './start-replica.ts';

export interface MemoryUse {
  /** Before the uploads. */
  readonly idleMb: number;
  /** The most that the process ever had in memory. */
  readonly peakMb: number;
  readonly seconds: number;
  readonly problems: readonly string[];
}

const UPLOADS = 8;
const UPLOAD_BYTES = 100_000_000;

/** Sends a replica several large artifacts at once. */
export async function measureMemory(replica: Replica): Promise<MemoryUse> {
  const body = randomBytes(UPLOAD_BYTES);
  const idleMb = await memoryOf(replica, 'VmRSS');
  const startedAt = performance.now();
  const statuses = await Promise.all(
    Array.from({ length: UPLOADS }, async (_, number) => {
      const response = await fetch(`${replica.url}/v8/artifacts/large-${number}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${CLUSTER_TOKEN}` },
        body,
      });
      await response.arrayBuffer();
      return response.status;
    }),
  );
  return {
    idleMb,
    peakMb: await memoryOf(replica, 'VmHWM'),
    seconds: (performance.now() - startedAt) / 1000,
    problems: statuses
      .filter((status) => status !== 202)
      .map((status) => `a large upload is answered with ${status}`),
  };
}

async function memoryOf({ pid }: Replica, name: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return (Number(kilobytes) * 1024) / 1e6;
}
