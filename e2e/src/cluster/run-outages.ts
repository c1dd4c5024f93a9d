// Parts of a cluster fail and come back, one after the other, while artifacts are pushed and pulled and
// real builds run.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';

import { type ArtifactLedger, createArtifactLedger } from '../crash/artifact-ledger.ts';
import { buildFromScratch } from '../faults/build-from-scratch.ts';
import { warningLines } from '../workspace/larder-lines.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { type Workspace } from '../workspace/create-workspace.ts';
import { type Cluster } from './start-cluster.ts';
import { CLUSTER_TOKEN } from './start-replica.ts';
import { problemOfRead, startTolerantLoad, statusOfPut } from './tolerant-load.ts';

/** How long the cluster may take until it serves again, once what failed is back. */
const RECOVERY_MS = 10_000;

const OUTPUT_TAIL_LENGTH = 4_000;

const VERIFIERS = 8;

export interface OutageStep {
  readonly name: string;
  readonly builds: number;
  /** Until pushing and pulling works again; null where it has to work all the time, or need not yet. */
  readonly recoveryMs: number | null;
}

export interface Outages {
  readonly steps: readonly OutageStep[];
  readonly acknowledged: number;
  readonly refused: number;
  readonly reads: number;
  readonly missed: number;
  /** Acknowledged artifacts that were read at the end. */
  readonly verified: number;
  readonly problems: readonly string[];
}

export interface OutageOptions {
  readonly workspace: Workspace;
  /** How many builds run while things are as they are. */
  readonly builds: number;
  readonly onStep: (step: OutageStep) => void;
}

export async function runOutages(
  cluster: Cluster,
  { workspace, builds, onStep }: OutageOptions,
): Promise<Outages> {
  const { swift, postgres, url } = cluster;
  const ledger = createArtifactLedger();
  const problems: string[] = [];
  const steps: OutageStep[] = [];
  const load = startTolerantLoad(url, ledger);
  let buildNumber = 0;

  /** Nothing is cached locally; of two builds the second can get everything from the cluster. */
  async function build(step: string): Promise<void> {
    buildNumber += 1;
    const { build: run } = await buildFromScratch(workspace, {
      env: {
        LARDER_URL: url,
        LARDER_TOKEN: CLUSTER_TOKEN,
        LARDER_NAMESPACE: `outage-${Math.ceil(buildNumber / 2)}`,
      },
    });
    for (const line of warningLines(run.output)) console.log(`      ${line}`);
    if (run.exitCode === 0) return;
    problems.push(
      `${step}: a build ended with ${String(run.exitCode)}: ${run.output.slice(-OUTPUT_TAIL_LENGTH)}`,
    );
  }

  async function doStep(
    name: string,
    { fail, isServed }: { fail: () => Promise<void>; isServed: boolean },
  ): Promise<void> {
    await fail();
    const recoveryMs = isServed ? await measureRecovery(url, ledger) : null;
    if (recoveryMs !== null && recoveryMs > RECOVERY_MS) {
      problems.push(`${name}: it took ${Math.round(recoveryMs)} ms until it served again`);
    }
    for (let count = 0; count < builds; count += 1) await build(name);
    const step = { name, builds, recoveryMs };
    steps.push(step);
    onStep(step);
  }

  await doStep('all is well', { fail: () => Promise.resolve(), isServed: true });
  await doStep('one storage node is down', {
    fail: () => swift.killNode(1),
    isServed: true,
  });
  await doStep('two storage nodes are down', {
    fail: () => swift.killNode(2),
    isServed: false,
  });
  await doStep('both are back', {
    fail: async () => {
      await swift.startNode(2);
      await swift.startNode(1);
    },
    isServed: true,
  });
  await doStep('the database was killed', {
    fail: () => postgres.kill(),
    isServed: false,
  });
  await doStep('it is back', { fail: () => postgres.start(), isServed: true });
  await doStep('a replica was killed in the middle of an upload', {
    fail: async () => {
      problems.push(...(await killDuringUpload(cluster)));
    },
    isServed: true,
  });
  await doStep('it is back', { fail: () => cluster.restart(0), isServed: true });

  const figures = await load.stop();
  const { verified, lost } = await verify(url, ledger);
  return {
    steps,
    acknowledged: figures.acknowledged,
    refused: figures.refused,
    reads: figures.reads,
    missed: figures.missed,
    verified,
    problems: [...problems, ...figures.problems, ...lost],
  };
}

/** How long it takes until something new can be pushed, and pulled again. */
async function measureRecovery(url: string, ledger: ArtifactLedger): Promise<number> {
  const startedAt = performance.now();
  await waitUntil(
    'the cluster takes and gives artifacts',
    async () => {
      const path = `/v8/artifacts/recovery-${randomBytes(8).toString('hex')}`;
      const { tag, body } = ledger.offer(path);
      if ((await statusOfPut(url + path, body, tag)) !== 202) return false;
      ledger.acknowledge(path);
      return (await problemOfRead(url, path, ledger)) === null;
    },
    { timeoutMs: 60_000 },
  );
  return performance.now() - startedAt;
}

/** What is wrong after a replica was killed that had got one half of an upload. */
async function killDuringUpload(cluster: Cluster): Promise<string[]> {
  const [replica] = cluster.replicas();
  if (replica === undefined) return ['there is no replica'];
  const path = '/v8/artifacts/interrupted';
  const half = randomBytes(20_000_000);
  const upload = request(replica.url + path, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${CLUSTER_TOKEN}`,
      'content-length': String(2 * half.length),
    },
  });
  const ended = new Promise<string>((resolve) => {
    upload.once('response', ({ statusCode }) => {
      resolve(`an upload that was cut off is answered with ${String(statusCode)}`);
    });
    upload.once('error', () => {
      resolve('');
    });
  });
  await new Promise<void>((resolve) => {
    upload.write(half, () => {
      resolve();
    });
  });
  await replica.kill();
  const problem = await ended;
  const response = await fetch(cluster.url + path, {
    headers: { authorization: `Bearer ${CLUSTER_TOKEN}` },
  });
  await response.arrayBuffer();
  return [
    ...(problem === '' ? [] : [problem]),
    ...(response.status === 404
      ? []
      : [`half an upload can be asked for: it is answered with ${response.status}`]),
  ];
}

/** Reads everything that was ever acknowledged. */
async function verify(
  url: string,
  ledger: ArtifactLedger,
): Promise<{ verified: number; lost: string[] }> {
  const left = ledger.paths().filter((path) => ledger.isAcknowledged(path));
  const lost: string[] = [];
  let verified = 0;
  await Promise.all(
    Array.from({ length: VERIFIERS }, async () => {
      for (let path = left.pop(); path !== undefined; path = left.pop()) {
        const problem = await problemOfRead(url, path, ledger);
        if (problem === null) verified += 1;
        else
          lost.push(problem === 'missed' ? `${path} was acknowledged, and is not there` : problem);
      }
    }),
  );
  return { verified, lost };
}
