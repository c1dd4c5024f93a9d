import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { waitUntil } from '../processes/wait-until.ts';
import { queryArtifacts } from '../server/query-artifacts.ts';
import { formatOf } from '../workspace/nx-version.ts';
import { readRunRecord } from '../workspace/run-record.ts';
import { wireHash } from '../workspace/wire-hash.ts';
import { type Stage } from './fault.ts';

interface SpoolEntry {
  readonly artifactHash: string;
}

/** Hashes of the artifacts that wait in the spool for their upload. */
export async function readSpool({ dataDirectory }: Stage): Promise<string[]> {
  const folder = join(dataDirectory, 'spool');
  const names = await readdir(folder).catch(() => []);
  const entries = names.filter((name) => name.endsWith('.json'));
  return Promise.all(
    entries.map(async (name) => {
      const entry = JSON.parse(await readFile(join(folder, name), 'utf8')) as SpoolEntry;
      return entry.artifactHash;
    }),
  );
}

/** Waits until the server has the artifact of every task of the last build, as Nx names them. */
export async function expectAllStored(stage: Stage): Promise<void> {
  const { workspace, namespace } = stage;
  const tasks = await readRunRecord(workspace);
  const taskCount = workspace.projects.length;
  if (tasks.length !== taskCount) {
    throw new Error(`Nx noted ${tasks.length} tasks instead of ${taskCount}.`);
  }
  const format = formatOf(workspace.nxVersion, workspace.hasFastLane);
  await expectStored(
    stage,
    tasks.map(({ hash }) => wireHash(format, hash, namespace)),
  );
}

/** Waits until the server has these artifacts. */
export async function expectStored(stage: Stage, hashes: readonly string[]): Promise<void> {
  await waitUntil(`the server has ${hashes.length} artifacts`, async () => {
    const stored = await queryArtifacts(stage.server, hashes);
    return hashes.every((hash) => stored[hash] != null);
  });
}
