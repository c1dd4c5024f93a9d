import { join } from 'node:path';

import { type CommandOptions, type CommandResult, runCommand } from '../processes/run-command.ts';
import { type Checkout } from './checkout.ts';

/** Runs the workspace's own Nx with the machine's environment and `env` on top. */
export function runNx(
  { folder, machine }: Pick<Checkout, 'folder' | 'machine'>,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: Pick<CommandOptions, 'onStart'> = {},
): Promise<CommandResult> {
  return runCommand(join(folder, 'node_modules', '.bin', 'nx'), args, {
    ...options,
    cwd: folder,
    env: { ...machine.env, NX_NO_CLOUD: 'true', ...env },
  });
}
