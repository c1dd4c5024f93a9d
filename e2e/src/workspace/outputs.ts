import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { lstat, readdir, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { type Checkout } from './checkout.ts';

/** Every path below the outputs, relative to the workspace, with a line that says what it is. */
export type OutputTree = Readonly<Record<string, string>>;

/**
 * Reads all outputs of all projects: kind, permissions, size, content and link target.
 *
 * @param options.followSymlinks read what symlinks lead to, as if it stood in their place
 */
export async function readOutputs(
  workspace: Checkout,
  { followSymlinks = false }: { readonly followSymlinks?: boolean } = {},
): Promise<OutputTree> {
  const tree: Record<string, string> = {};
  const read = async (path: string): Promise<void> => {
    const file = join(workspace.folder, path);
    const stats = await (followSymlinks ? stat(file) : lstat(file));
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) {
      tree[path] = `symlink to ${await readlink(file)}`;
    } else if (stats.isDirectory()) {
      tree[path] = `folder ${mode}`;
      for (const name of await readdir(file)) await read(`${path}/${name}`);
    } else if (stats.isFile()) {
      tree[path] = `file ${mode} ${stats.size} bytes ${await digest(file)}`;
    } else {
      tree[path] = `something else ${mode}`;
    }
  };
  for (const path of workspace.outputs) {
    if (existsSync(join(workspace.folder, path))) await read(path);
  }
  return tree;
}

/** Removes all outputs of all projects, as a clean checkout has none. */
export async function removeOutputs({ folder, outputs }: Checkout): Promise<void> {
  for (const path of outputs) {
    await rm(join(folder, path), { recursive: true, force: true });
  }
}

/** Removes Nx's local cache with all that Nx knows of earlier runs. No daemon may be running. */
export async function removeLocalCache({ folder, machine }: Checkout): Promise<void> {
  // From Node 22 on, an agent that has just ended may still have written what it compiled.
  await rm(join(folder, '.nx'), { recursive: true, force: true, maxRetries: 10 });
  // Where Nx 16 keeps its cache.
  await rm(join(folder, 'node_modules', '.cache', 'nx'), { recursive: true, force: true });
  // Where Nx 24 keeps the cache of all checkouts of a repository.
  await rm(join(machine.home, '.nx'), { recursive: true, force: true });
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
