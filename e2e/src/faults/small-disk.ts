import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readEnvironment } from '../environment.ts';
import { runCommandOrThrow } from '../processes/run-command.ts';

/**
 * Puts a file system of its own, with little room, in the place of a folder.
 *
 * @returns takes it away again; nobody may be using it then
 */
export async function mountSmallDisk(
  folder: string,
  kilobytes: number,
): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const options = { cwd: '/', env: readEnvironment().inherited };
  await runCommandOrThrow('mount', mountArguments(folder, kilobytes), options);
  return async () => {
    await runCommandOrThrow('umount', [folder], options);
  };
}

let reason: string | null | undefined;

/** Why file systems cannot be mounted here, or null when they can. */
export function whyNoSmallDisk(): string | null {
  return (reason ??= tryMount());
}

function tryMount(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const folder = mkdtempSync(join(tmpdir(), 'larder-e2e-disk-'));
  try {
    if (spawnSync('mount', mountArguments(folder, 64)).status !== 0) return 'may not mount';
    return spawnSync('umount', [folder]).status === 0 ? null : 'may not unmount';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mountArguments(folder: string, kilobytes: number): string[] {
  return ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=0700`, 'tmpfs', folder];
}
