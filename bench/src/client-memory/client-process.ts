// A process that is measured: does one thing with the client and reports what that took.
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ArtifactsClient, createArtifactsClient } from '@larder/client';
import { ownPeakMb } from '../processes/peak-memory.ts';

export interface Task {
  readonly action: 'put' | 'get' | 'getToFile';
  readonly port: number;
  readonly sizeBytes: number;
}

export interface Report {
  readonly peakRssMb: number;
  /** User and system. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

const CHUNK = Buffer.alloc(256 * 1024, 'larder');

process.once('message', (task: Task) => {
  void perform(task).then((report) => {
    process.send?.(report, () => process.exit(0));
  });
});

async function perform({ action, port, sizeBytes }: Task): Promise<Report> {
  const startedAt = performance.now();
  const client = createArtifactsClient({ url: `http://127.0.0.1:${port}`, token: 'bench' });
  await actions[action](client, sizeBytes);
  await client.close();
  const { user, system } = process.cpuUsage();
  return {
    peakRssMb: Math.round(ownPeakMb()),
    cpuMs: Math.round((user + system) / 1000),
    wallMs: Math.round(performance.now() - startedAt),
  };
}

const actions: Record<Task['action'], (client: ArtifactsClient, size: number) => Promise<void>> = {
  async put(client, sizeBytes) {
    await client.put('put', { sizeBytes, open: () => Readable.from(chunksOf(sizeBytes)) });
  },
  async get(client) {
    const artifact = await client.get('get');
    if (artifact === null) throw new Error('The server has no artifact.');
    let seenBytes = 0;
    for await (const chunk of artifact.body as AsyncIterable<Buffer>) seenBytes += chunk.length;
    if (seenBytes !== artifact.metadata.sizeBytes) throw new Error(`Only ${seenBytes} bytes came.`);
  },
  async getToFile(client) {
    const file = join(tmpdir(), `larder-bench-${process.pid}`);
    try {
      await client.getToFile('get', file);
    } finally {
      await rm(file, { force: true });
    }
  },
};

function* chunksOf(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= CHUNK.length) {
    yield left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left);
  }
}
