import { createHash } from 'node:crypto';
import { type TimingClient } from './timing-client.ts';

export interface Load {
  readonly artifactBytes: number;
  readonly artifacts: number;
  readonly writers: number;
  readonly readers: number;
}

export interface LoadResult {
  /** Of each upload, in milliseconds. */
  readonly putMs: readonly number[];
  /** Of each download that was a hit: misses are faster, and only eviction brings them about. */
  readonly getMs: readonly number[];
  /** Downloads that were neither a miss nor all of what had been stored, and uploads refused. */
  readonly failures: number;
  /** Misses of artifacts that were read all the time. */
  readonly hotMisses: number;
}

const HOT = 20;

/**
 * Writes artifacts, each a new one, while others are read: half of the reads are of a few that are
 * read again and again, half of any that were written.
 */
export async function applyLoad(client: TimingClient, load: Load): Promise<LoadResult> {
  const putMs: number[] = [];
  const getMs: number[] = [];
  let failures = 0;
  let hotMisses = 0;
  let written = 0;
  let isOver = false;

  const put = async (name: string): Promise<void> => {
    const { status, durationMs } = await client.send('PUT', pathOf(name), bodyOf(name, load));
    if (status !== 202) failures += 1;
    putMs.push(durationMs);
  };
  /** Whether it was there. */
  const get = async (name: string): Promise<boolean> => {
    const { status, body, durationMs } = await client.send('GET', pathOf(name));
    if (status === 404) return false;
    getMs.push(durationMs);
    if (status !== 200 || !body.equals(bodyOf(name, load))) failures += 1;
    return true;
  };

  for (let number = 0; number < HOT; number += 1) await put(`hot-${number}`);
  const write = async (): Promise<void> => {
    while (written < load.artifacts) {
      written += 1;
      await put(`cold-${written}`);
    }
  };
  const read = async (reader: number): Promise<void> => {
    for (let round = reader; !isOver; round += load.readers) {
      if (!(await get(`hot-${round % HOT}`))) hotMisses += 1;
      await get(`cold-${1 + ((round * 7919) % Math.max(1, written))}`);
    }
  };
  const readers = Array.from({ length: load.readers }, (_value, reader) => read(reader));
  await Promise.all(Array.from({ length: load.writers }, write));
  isOver = true;
  await Promise.all(readers);
  return { putMs, getMs, failures, hotMisses };
}

function pathOf(name: string): string {
  return `/v8/artifacts/${name}`;
}

function bodyOf(name: string, { artifactBytes }: Load): Buffer {
  return Buffer.alloc(artifactBytes, createHash('sha256').update(name).digest());
}
