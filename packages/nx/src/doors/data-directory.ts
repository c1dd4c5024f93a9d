import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { pluginError } from '../errors/plugin-error.ts';
import type { NxVersion } from '../nx-facts/nx-version.ts';

export interface DataDirectoryOptions {
  readonly workspaceRoot: string;
  /** Absolute or relative to the workspace; null when it is left to Larder. */
  readonly configured: string | null;
  readonly nxVersion: NxVersion;
}

/**
 * The folder of Larder's own files for a workspace: the configured one, or `larder` in the folder of
 * Nx's own files, or, where the workspace cannot be written, a private folder of the user in the
 * system's temporary folder. Every process of the user gets the same answer.
 *
 * @throws LarderError `LARDER_AGENT_NOT_STARTED` when that last one belongs to somebody else.
 */
export function findDataDirectory(options: DataDirectoryOptions): string {
  const { workspaceRoot, configured, nxVersion } = options;
  if (configured !== null) return resolve(workspaceRoot, configured);
  const inWorkspace = join(workspaceRoot, defaultDataFolder(nxVersion));
  return isUsable(inWorkspace) ? inWorkspace : inTemporaryFolder(workspaceRoot);
}

/**
 * Where the folder is by default, relative to the workspace and with slashes. Nx 16 moves its cache
 * once there is a folder `.nx`, even in the middle of a command.
 */
export function defaultDataFolder({ major }: NxVersion): string {
  return major < 17 ? 'node_modules/.cache/larder' : '.nx/larder';
}

function inTemporaryFolder(workspaceRoot: string): string {
  const workspace = createHash('sha256').update(workspaceRoot).digest('hex').slice(0, 16);
  // Not the name alone: in a container the user may have none.
  const user = process.getuid?.() ?? userInfo().username;
  const folder = join(tmpdir(), `larder-${user}-${workspace}`);
  // Everybody can guess this name and write to the folder that it is in.
  if (!isUsable(folder) || !isPrivate(folder)) {
    throw pluginError(
      'LARDER_AGENT_NOT_STARTED',
      `The workspace cannot be written, and ${folder} is not a folder of this user alone`,
      { hint: 'Set LARDER_DATA_DIRECTORY to a folder that can be written.' },
    );
  }
  return folder;
}

/** Whether only this user can use the folder, where the system tells owners and modes. */
function isPrivate(folder: string): boolean {
  const stats = lstatSync(folder);
  if (process.getuid === undefined) return stats.isDirectory();
  return stats.isDirectory() && stats.uid === process.getuid() && (stats.mode & 0o077) === 0;
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
