import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder of Larder's own files for a workspace: the configured one, or `.nx/larder`, or, where
 * the workspace cannot be written, a private folder of the user in the system's temporary folder.
 * Every process of the user gets the same answer.
 */
export function findDataDirectory(workspaceRoot: string, configured: string | null): string {
  if (configured !== null) return resolve(workspaceRoot, configured);
  const inWorkspace = join(workspaceRoot, '.nx', 'larder');
  return isUsable(inWorkspace) ? inWorkspace : inTemporaryFolder(workspaceRoot);
}

function inTemporaryFolder(workspaceRoot: string): string {
  const workspace = createHash('sha256').update(workspaceRoot).digest('hex').slice(0, 16);
  return join(tmpdir(), `larder-${userInfo().username}-${workspace}`);
}

function isUsable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
