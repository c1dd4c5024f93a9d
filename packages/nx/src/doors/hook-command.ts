import { basename } from 'node:path';
import type { PreContext } from '../nx-facts/nx-contexts.ts';
import { showsCommandToHooks, type NxVersion } from '../nx-facts/nx-version.ts';
import { readEnvironment, type LarderEnvironment } from '../options/environment.ts';
import { findCommand } from './find-command.ts';

/** The command that a hook is called for, as far as the hook can know it. */
export interface HookCommand {
  readonly environment: LarderEnvironment;
  /** The process whose end is the command's; with the daemon sometimes only the daemon. */
  readonly pid: number;
  /** Whether the variables are the command's own for certain. */
  readonly isEnvironmentCertain: boolean;
  /** Whether the command line is known as well. */
  readonly isCertain: boolean;
}

export async function hookCommand(context: PreContext, nxVersion: NxVersion): Promise<HookCommand> {
  const own = readEnvironment();
  const variables = process.env;
  const found = own.nx.isDaemon ? await findCommand(context) : null;
  if (!found) {
    const isEnvironmentCertain = !own.nx.isDaemon || showsCommandToHooks(nxVersion);
    const isCertain = isEnvironmentCertain && context.argv !== undefined;
    return { environment: own, pid: ownerPid(), isEnvironmentCertain, isCertain };
  }
  // What Nx has read from files such as `.env` is in this process only.
  const environment = readEnvironment({ ...variables, ...found.environment });
  return { environment, pid: found.pid, isEnvironmentCertain: true, isCertain: true };
}

/** Hooks run in a worker of the process that runs the command, or of the daemon, or in that process. */
function ownerPid(): number {
  return basename(process.argv[1] ?? '').startsWith('plugin-worker') ? process.ppid : process.pid;
}
