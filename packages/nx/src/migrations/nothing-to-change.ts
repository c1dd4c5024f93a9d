import type { Tree } from '../generators/nx-devkit.ts';

/**
 * The first migration of `nx migrate @larder/nx`. It changes nothing, and shows with every update
 * from 0.1.0 that migrations are found and run.
 */
export default function nothingToChange(_tree: Tree): Promise<void> {
  return Promise.resolve();
}
