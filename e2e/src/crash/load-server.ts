import { randomInt } from 'node:crypto';

import { fetchClient } from '../http/http-client.ts';
import { type LarderServer } from '../server/start-larder-server.ts';
import { type Answer, type ArtifactLedger } from './artifact-ledger.ts';

const WRITERS = 6;
const READERS = 3;
/** One in so many uploads is of a hash that other writers use as well. */
const SHARED_ONE_IN = 3;
/** Success, or that there is one already. */
const ACKNOWLEDGEMENTS = [200, 202, 409];

export interface LoadFigures {
  acknowledged: number;
  /** Uploads that were under way when the server was killed. */
  interrupted: number;
  reads: number;
  readonly problems: string[];
}

export interface Load {
  /** From here on requests may fail. */
  readonly expectEnd: () => void;
  /** Resolves once every request has come to an end after that. */
  readonly ended: Promise<LoadFigures>;
}

/** Uploads and fetches at once until requests fail, as they do when the server is killed. */
export function loadServer(server: LarderServer, ledger: ArtifactLedger, prefix: string): Load {
  const figures: LoadFigures = { acknowledged: 0, interrupted: 0, reads: 0, problems: [] };
  let isEndExpected = false;

  async function repeat(step: (count: number) => Promise<void>, onEnd: () => void): Promise<void> {
    try {
      for (let count = 0; ; count += 1) await step(count);
    } catch (error) {
      onEnd();
      if (!isEndExpected) figures.problems.push(`a request failed: ${String(error)}`);
    }
  }

  async function write(writer: number, count: number): Promise<void> {
    const api = randomInt(4) === 0 ? '/v1/cache' : '/v8/artifacts';
    const isShared = randomInt(SHARED_ONE_IN) === 0;
    const name = isShared ? `shared-${count}` : `${writer}-${count}`;
    const path = `${api}/${prefix}-${name}`;
    const { tag, body } = ledger.offer(path);
    const { status } = await fetchClient.request({
      method: 'PUT',
      url: server.url + path,
      headers: { ...authorizationOf(server), 'x-artifact-tag': tag },
      body,
    });
    if (!ACKNOWLEDGEMENTS.includes(status)) {
      figures.problems.push(`an upload of ${path} is answered with ${status}`);
      return;
    }
    ledger.acknowledge(path);
    figures.acknowledged += 1;
  }

  async function read(): Promise<void> {
    const paths = ledger.paths();
    const path = paths[randomInt(Math.max(1, paths.length))] ?? '/v8/artifacts/none';
    // What is acknowledged while the request is under way may still be missed by it.
    const wasAcknowledged = ledger.isAcknowledged(path);
    const answer = await fetchArtifact(server, path);
    figures.reads += 1;
    if (answer.status === 404 && !wasAcknowledged) return;
    const problem = ledger.judge(path, answer);
    if (problem !== null) figures.problems.push(`while it ran, ${problem}`);
  }

  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    repeat(
      (count) => write(writer, count),
      () => {
        figures.interrupted += 1;
      },
    ),
  );
  const readers = Array.from({ length: READERS }, () => repeat(read, () => undefined));
  return {
    expectEnd() {
      isEndExpected = true;
    },
    ended: Promise.all([...writers, ...readers]).then(() => figures),
  };
}

export async function fetchArtifact(server: LarderServer, path: string): Promise<Answer> {
  const { status, headers, body } = await fetchClient.request({
    method: 'GET',
    url: server.url + path,
    headers: authorizationOf(server),
  });
  return { status, tag: headers['x-artifact-tag'] ?? null, body };
}

export function authorizationOf({ token }: LarderServer): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}
