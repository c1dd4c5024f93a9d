import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Checkout } from './checkout.ts';

/** Where a task's outputs came from. */
export type TaskSource = 'executed' | 'local' | 'remote';

/** What Nx itself noted about one task of its last run. */
export interface TaskRecord {
  readonly project: string;
  readonly hash: string;
  readonly source: TaskSource;
  /** As Nx has them, in milliseconds since the epoch. */
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  /** `endTime − startTime`. */
  readonly durationMs: number;
}

/** `run.json`, which every Nx from 16 to 24 writes into its cache folder at the end of a run. */
interface RunFile {
  readonly run: { readonly startTime: string };
  readonly tasks: readonly {
    readonly projectName: string;
    readonly hash: string;
    readonly startTime: string;
    readonly endTime: string;
    readonly cacheStatus: string;
  }[];
}

const SOURCES: Readonly<Record<string, TaskSource>> = {
  'cache-miss': 'executed',
  'local-cache-hit': 'local',
  'remote-cache-hit': 'remote',
};

/** Reads what Nx noted about its last run in the workspace, in the order of the projects' names. */
export async function readRunRecord(workspace: Checkout): Promise<TaskRecord[]> {
  for (const folder of await cacheFolders(workspace)) {
    const text = await readFile(join(folder, 'run.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    return (JSON.parse(text) as RunFile).tasks
      .map(({ projectName, hash, startTime, endTime, cacheStatus }) => {
        const source = SOURCES[cacheStatus];
        if (source === undefined) throw new Error(`Unknown cache status ${cacheStatus}.`);
        const startTimeMs = Date.parse(startTime);
        const endTimeMs = Date.parse(endTime);
        const durationMs = endTimeMs - startTimeMs;
        return { project: projectName, hash, source, startTimeMs, endTimeMs, durationMs };
      })
      .sort((a, b) => a.project.localeCompare(b.project));
  }
  throw new Error(`Nx left no run.json in ${workspace.folder}.`);
}

/**
 * Nx 24 keeps its cache in the home folder, one folder per repository; Nx 17 to 23 in `.nx`, Nx 16
 * among the modules.
 */
async function cacheFolders({ folder, machine }: Checkout): Promise<string[]> {
  const shared = join(machine.home, '.nx');
  const repositories = await readdir(shared).catch(() => []);
  return [
    ...repositories.map((name) => join(shared, name, 'cache')),
    join(folder, '.nx', 'cache'),
    join(folder, 'node_modules', '.cache', 'nx'),
  ];
}
