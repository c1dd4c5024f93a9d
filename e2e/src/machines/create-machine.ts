import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readEnvironment } from '../environment.ts';

/**
 * Stands for one computer: a folder of its own and a home folder of its own, because Nx 24 shares
 * its local cache through the home folder with every other checkout of the same repository.
 */
export interface Machine {
  readonly folder: string;
  readonly home: string;
  /** Environment of everything that runs on this machine. */
  readonly env: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

export interface MachineOptions {
  /** False for somebody's own computer; true by default. */
  readonly isCi?: boolean;
  /** Where its folder is made; the system's folder for temporary files by default. */
  readonly parent?: string;
}

export async function createMachine({
  isCi = true,
  parent = tmpdir(),
}: MachineOptions = {}): Promise<Machine> {
  const folder = await mkdtemp(join(await realpath(parent), 'larder-e2e-'));
  const home = join(folder, 'home');
  await mkdir(home);
  return {
    folder,
    home,
    env: {
      ...readEnvironment().inherited,
      HOME: home,
      // As on a build server: no questions.
      ...(isCi ? { CI: 'true' } : {}),
      DO_NOT_TRACK: '1',
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
