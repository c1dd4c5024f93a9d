// One machine becomes many: everything is copied by `larder-server migrate` while both serve.
import { createHash, randomBytes, randomInt } from 'node:crypto';

import { fetchClient } from '../http/http-client.ts';
import { createMachine } from '../machines/create-machine.ts';
import { runCommand } from '../processes/run-command.ts';
import { larderServerCommand, startLarderServer } from '../server/start-larder-server.ts';
import { CLUSTER_TOKEN } from './start-replica.ts';
import { type Cluster } from './start-cluster.ts';

export interface MigrationResult {
  readonly artifacts: number;
  readonly seconds: number;
  /** What the command said. */
  readonly summary: string;
  /** Artifacts of the old server that the cluster gave back as they were. */
  readonly verified: number;
  readonly problems: readonly string[];
}

const LARGEST_BYTES = 200_000;
const CLIENTS = 8;

export async function runMigration(cluster: Cluster, artifacts: number): Promise<MigrationResult> {
  const machine = await createMachine();
  const problems: string[] = [];
  const server = await startLarderServer(machine);
  try {
    const bytes = randomBytes(2 * LARGEST_BYTES);
    const digests = new Map<string, string>();
    const put = async (hash: string): Promise<void> => {
      const start = randomInt(LARGEST_BYTES);
      const body = bytes.subarray(start, start + 1 + randomInt(LARGEST_BYTES));
      digests.set(hash, createHash('sha256').update(body).digest('hex'));
      const { status } = await fetchClient.request({
        method: 'PUT',
        url: `${server.url}/v8/artifacts/${hash}`,
        headers: {
          authorization: `Bearer ${server.token}`,
          'x-artifact-duration': String(start),
        },
        body,
      });
      if (status !== 202) problems.push(`${hash} is answered with ${status}`);
    };
    const hashes = Array.from({ length: artifacts }, (_, number) => `moved-${number}`);
    await inParallel(hashes, put);

    const startedAt = performance.now();
    const moved = runCommand(
      larderServerCommand,
      ['migrate', '--from', server.dataDirectory, '--json'],
      { cwd: machine.folder, env: { ...machine.env, ...cluster.variables } },
    );
    // Both go on serving meanwhile: the old one is also still written to.
    await inParallel(
      Array.from({ length: Math.ceil(artifacts / 20) }, (_, number) => `late-${number}`),
      put,
    );
    const { exitCode, stdout, stderr } = await moved;
    const seconds = (performance.now() - startedAt) / 1000;
    if (exitCode !== 0) problems.push(`migrate ended with ${String(exitCode)}: ${stderr}`);

    let verified = 0;
    await inParallel([...digests.keys()], async (hash) => {
      const { status, body } = await fetchClient.request({
        method: 'GET',
        url: `${cluster.url}/v8/artifacts/${hash}`,
        headers: { authorization: `Bearer ${CLUSTER_TOKEN}` },
      });
      const sha256 = createHash('sha256').update(body).digest('hex');
      if (status === 200 && sha256 === digests.get(hash)) verified += 1;
      // What came too late for one migration is there after the next one.
      else if (!hash.startsWith('late-')) problems.push(`${hash} is answered with ${status}`);
    });
    return { artifacts, seconds, summary: stdout.trim(), verified, problems };
  } finally {
    await server.stop();
    await machine.remove();
  }
}

async function inParallel(
  hashes: readonly string[],
  work: (hash: string) => Promise<void>,
): Promise<void> {
  const left = [...hashes];
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let hash = left.pop(); hash !== undefined; hash = left.pop()) await work(hash);
    }),
  );
}
