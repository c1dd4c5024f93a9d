import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { type ArtifactLedger } from '../crash/artifact-ledger.ts';
import { fetchClient } from '../http/http-client.ts';
import { CLUSTER_TOKEN } from './start-replica.ts';

const WRITERS = 3;
const READERS = 3;

/** What is not answered by then counts as failed. */
const REQUEST_TIMEOUT_MS = 20_000;

/** So that the machine has time for what is tested beside it, too. */
const PAUSE_MS = 20;

export interface TolerantFigures {
  acknowledged: number;
  /** Uploads that the cluster did not take. */
  refused: number;
  reads: number;
  /** Reads that got nothing, which is only wrong when it lasts. */
  missed: number;
  /** What must never happen. */
  readonly problems: string[];
}

export interface TolerantLoad {
  readonly stop: () => Promise<TolerantFigures>;
}

/**
 * Pushes and pulls without end, whatever becomes of the cluster: what it does not take is forgotten, and
 * what it does not give is asked for later. Only wrong bytes are wrong.
 */
export function startTolerantLoad(url: string, ledger: ArtifactLedger): TolerantLoad {
  const figures: TolerantFigures = {
    acknowledged: 0,
    refused: 0,
    reads: 0,
    missed: 0,
    problems: [],
  };
  const stopping = new AbortController();

  async function repeat(step: (count: number) => Promise<void>): Promise<void> {
    for (let count = 0; !stopping.signal.aborted; count += 1) {
      await step(count);
      await delay(PAUSE_MS);
    }
  }

  async function write(writer: number, count: number): Promise<void> {
    const path = `/v8/artifacts/outage-${writer}-${count}`;
    const { tag, body } = ledger.offer(path);
    const status = await statusOfPut(url + path, body, tag);
    if (status === 202) {
      ledger.acknowledge(path);
      figures.acknowledged += 1;
    } else figures.refused += 1;
  }

  async function read(): Promise<void> {
    const paths = ledger.paths().filter((path) => ledger.isAcknowledged(path));
    const path = paths[randomInt(Math.max(1, paths.length))];
    if (path === undefined) return;
    figures.reads += 1;
    const problem = await problemOfRead(url, path, ledger);
    if (problem === 'missed') figures.missed += 1;
    else if (problem !== null) figures.problems.push(problem);
  }

  const working = [
    ...Array.from({ length: WRITERS }, (_, writer) => repeat((count) => write(writer, count))),
    ...Array.from({ length: READERS }, () => repeat(read)),
  ];
  return {
    async stop() {
      stopping.abort();
      await Promise.all(working);
      return figures;
    },
  };
}

/** Null when it came to no answer. */
export async function statusOfPut(url: string, body: Buffer, tag: string): Promise<number | null> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      headers: { authorization: `Bearer ${CLUSTER_TOKEN}`, 'x-artifact-tag': tag },
      body,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

/** What is wrong with what is read; `missed` when nothing was; null when all is well. */
export async function problemOfRead(
  url: string,
  path: string,
  ledger: ArtifactLedger,
): Promise<string | null> {
  try {
    const { status, headers, body } = await fetchClient.request({
      method: 'GET',
      url: url + path,
      headers: { authorization: `Bearer ${CLUSTER_TOKEN}` },
    });
    if (status !== 200) return 'missed';
    return ledger.judge(path, { status, tag: headers['x-artifact-tag'] ?? null, body });
  } catch {
    return 'missed';
  }
}
