import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { waitUntil } from '../processes/wait-until.ts';
import { queryArtifacts } from '../server/query-artifacts.ts';
import { type Stage } from './fault.ts';

interface SpoolEntry {
  readonly artifactHash: string;
}

interface LastRun {
  readonly tasks: readonly { readonly artifactHash: string }[];
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

/** Waits until the server has the artifact of every task of the last run. */
export async function expectAllStored(stage: Stage): Promise<void> {
  const taskCount = stage.workspace.projects.length;
  const file = join(stage.dataDirectory, 'last-run.json');
  const { tasks } = JSON.parse(await readFile(file, 'utf8')) as LastRun;
  if (tasks.length !== taskCount) {
    throw new Error(`The last report has ${tasks.length} tasks instead of ${taskCount}.`);
  }
  await expectStored(
    stage,
    tasks.map(({ artifactHash }) => artifactHash),
  );
}

/** Waits until the server has these artifacts. */
export async function expectStored(stage: Stage, hashes: readonly string[]): Promise<void> {
  await waitUntil(`the server has ${hashes.length} artifacts`, async () => {
    const stored = await queryArtifacts(stage.server, hashes);
    return hashes.every((hash) => stored[hash] != null);
  });
}
