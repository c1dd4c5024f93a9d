import { chmodSync, readdirSync, rmSync } from 'node:fs';

/** Removes a file or a folder with all that is in it, read-only folders included; absent is fine. */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    // Something in its path is no folder, so that there is nothing.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return;
    // A restored folder may be read-only, and then nothing in it can be removed.
    makeFoldersWritable(path);
    rmSync(path, { recursive: true, force: true });
  }
}

function makeFoldersWritable(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) makeFoldersWritable(`${folder}/${entry.name}`);
  }
}
