import { runCommandOrThrow } from '../processes/run-command.ts';
import { type Checkout } from '../workspace/checkout.ts';
import { type PackageManager } from './package-managers.ts';

/** A workspace that somebody has made with their package manager. */
export interface UserWorkspace extends Checkout {
  readonly packageManager: PackageManager;
}

/** Installing on a slow machine. */
const TIMEOUT_MS = 10 * 60_000;

/** Runs a command in the workspace's folder as its user would; anything but success rejects. */
export async function runInWorkspace(
  { folder, machine }: Pick<Checkout, 'folder' | 'machine'>,
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout, stderr } = await runCommandOrThrow(command, args, {
    cwd: folder,
    env: { ...machine.env, ...env },
    timeoutMs: TIMEOUT_MS,
  });
  return stdout + stderr;
}

/** Runs the workspace's Nx by its package manager. */
export function runUsersNx(
  workspace: UserWorkspace,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return runInWorkspace(workspace, [...workspace.packageManager.runInstalled, 'nx', ...args], env);
}

/** Commits everything that is not ignored. */
export async function commitAll(workspace: UserWorkspace, message: string): Promise<void> {
  await runInWorkspace(workspace, ['git', 'add', '--all']);
  await runInWorkspace(workspace, [
    'git',
    'commit',
    '--quiet',
    '--no-gpg-sign',
    '--allow-empty',
    `--message=${message}`,
  ]);
}

/** What git sees of changes since the last commit, a line each. */
export async function uncommittedChanges(workspace: UserWorkspace): Promise<string[]> {
  const output = await runInWorkspace(workspace, ['git', 'status', '--porcelain']);
  return output.split('\n').filter((line) => line !== '');
}
