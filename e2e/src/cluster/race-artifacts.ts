// Many clients push and pull through a load balancer; some of them push the same hash at the same time.
import { createHash, randomBytes, randomInt } from 'node:crypto';

import { fetchClient, type HttpRequest, type HttpResponse } from '../http/http-client.ts';
import { CLUSTER_TOKEN } from './start-replica.ts';

export interface RaceOptions {
  /** The load balancer. */
  readonly url: string;
  /** The replicas behind it. */
  readonly replicas: readonly string[];
  readonly artifacts: number;
  readonly clients: number;
  /** How many of a hundred hashes are pushed by two clients at once. */
  readonly racedPercent: number;
}

export interface Race {
  readonly artifacts: number;
  readonly raced: number;
  readonly uploads: Timings;
  readonly downloads: Timings;
  /** Requests that were answered with 503, and made again: storage on a busy machine is slow. */
  readonly repeated: number;
  /** What is not as it has to be; empty when all is well. */
  readonly problems: readonly string[];
}

/** How a kind of request went. */
export interface Timings {
  readonly requests: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

const MOST_ATTEMPTS = 20;

const SMALLEST_BYTES = 1_000;
const LARGEST_BYTES = 400_000;

/** Something that was pushed under a hash. */
interface Candidate {
  readonly body: Buffer;
  readonly sha256: string;
}

interface Artifact {
  readonly hash: string;
  /** Two for a hash that is raced for. */
  readonly candidates: readonly Candidate[];
  /** Digest of what was read first: nothing else may ever come back. */
  seen: string | null;
}

const authorization = `Bearer ${CLUSTER_TOKEN}`;

export async function raceArtifacts(options: RaceOptions): Promise<Race> {
  const { url, replicas, clients } = options;
  const artifacts = makeArtifacts(options);
  const problems: string[] = [];
  let repeated = 0;

  /** Until the cluster says something of the artifact, instead of the state that it is in. */
  async function ask(request: HttpRequest): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetchClient.request({ ...request, headers: { authorization } });
      if (response.status !== 503 || attempt === MOST_ATTEMPTS) return response;
      repeated += 1;
    }
  }

  async function push(base: string, { hash }: Artifact, { body }: Candidate): Promise<number> {
    const { status } = await ask({ method: 'PUT', url: `${base}/v8/artifacts/${hash}`, body });
    if (status !== 202) problems.push(`an upload of ${hash} is answered with ${status}`);
    return body.length;
  }

  async function pull(base: string, artifact: Artifact): Promise<number> {
    const { hash, candidates } = artifact;
    const { status, body } = await ask({ method: 'GET', url: `${base}/v8/artifacts/${hash}` });
    const sha256 = createHash('sha256').update(body).digest('hex');
    if (status !== 200) problems.push(`${hash} is answered with ${status}`);
    else if (!candidates.some((candidate) => candidate.sha256 === sha256)) {
      problems.push(`${hash} has ${body.length} bytes that nobody pushed`);
    } else if (artifact.seen !== null && artifact.seen !== sha256) {
      problems.push(`${hash} has changed`);
    }
    artifact.seen ??= sha256;
    return body.length;
  }

  /** Those that race for a hash go to different replicas, and start together. */
  async function pushAll(artifact: Artifact): Promise<number> {
    const isRaced = artifact.candidates.length > 1;
    const sizes = await Promise.all(
      artifact.candidates.map((candidate, number) =>
        push(isRaced ? replicaOf(replicas, number) : url, artifact, candidate),
      ),
    );
    // What is acknowledged can be read, by everybody, at once.
    if (isRaced) await Promise.all(replicas.map((replica) => pull(replica, artifact)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  const uploads = await measure(artifacts, clients, pushAll);
  const downloads = await measure(artifacts, clients, (artifact) => pull(url, artifact));
  // Once more, each from every replica, for those that were raced for.
  const raced = artifacts.filter(({ candidates }) => candidates.length > 1);
  for (const replica of replicas) await measure(raced, clients, (one) => pull(replica, one));
  return {
    artifacts: artifacts.length,
    raced: raced.length,
    uploads,
    downloads,
    repeated,
    problems,
  };
}

function replicaOf(replicas: readonly string[], number: number): string {
  return replicas[number % replicas.length] ?? '';
}

function makeArtifacts({ artifacts, racedPercent }: RaceOptions): Artifact[] {
  const bytes = randomBytes(2 * LARGEST_BYTES);
  const makeCandidate = (): Candidate => {
    const exponent = randomInt(1_000_000) / 1_000_000;
    const size = Math.floor(SMALLEST_BYTES * (LARGEST_BYTES / SMALLEST_BYTES) ** exponent);
    const start = randomInt(bytes.length - size);
    const body = bytes.subarray(start, start + size);
    return { body, sha256: createHash('sha256').update(body).digest('hex') };
  };
  return Array.from({ length: artifacts }, (_, number) => ({
    hash: `${randomBytes(8).toString('hex')}${number}`,
    candidates:
      number % 100 < racedPercent ? [makeCandidate(), makeCandidate()] : [makeCandidate()],
    seen: null,
  }));
}

/** Works on all of them, as many at a time as there are clients. */
async function measure(
  artifacts: readonly Artifact[],
  clients: number,
  work: (artifact: Artifact) => Promise<number>,
): Promise<Timings> {
  const left = [...artifacts].reverse();
  const timesMs: number[] = [];
  let bytes = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const begun = performance.now();
        const moved = await work(next);
        bytes += moved;
        timesMs.push(performance.now() - begun);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  timesMs.sort((one, other) => one - other);
  const percentile = (share: number) => timesMs[Math.floor(timesMs.length * share)] ?? 0;
  return {
    requests: artifacts.length,
    bytes,
    seconds,
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
    p99Ms: percentile(0.99),
  };
}
