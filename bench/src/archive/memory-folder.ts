import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Does something with a folder in memory where there is such a thing: writing thousands of files to a
 * disk costs whatever its file system makes of it, which is many times what is measured.
 */
export async function withMemoryFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = await mkdtemp(join(memory, 'larder-bench-'));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
