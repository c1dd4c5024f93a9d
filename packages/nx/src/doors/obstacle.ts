import type { PreContext } from '../nx-facts/nx-contexts.ts';
import { hasHooksDoor, type NxVersion } from '../nx-facts/nx-version.ts';
import { findRivalCache } from '../nx-facts/rival-cache.ts';
import type { LarderEnvironment } from '../options/environment.ts';
import type { ResolvedOptions } from '../options/larder-options.ts';
import { rivalPreferred, runnerNeeded } from './notices.ts';

interface CommandFacts {
  readonly nxVersion: NxVersion;
  readonly context: PreContext;
  readonly environment: LarderEnvironment;
}

/** Why Nx would never ask the hooks' cache, in a line for people; null when it will. */
export function obstacleOf(
  { mode }: ResolvedOptions,
  { nxVersion, context, environment }: CommandFacts,
): string | null {
  if (mode === 'off') return null;
  if (!hasHooksDoor(nxVersion)) return runnerNeeded(nxVersion);
  const rival = findRivalCache({
    nxJson: context.nxJsonConfiguration,
    nxVersion,
    environment: environment.nx,
    workspaceRoot: context.workspaceRoot,
  });
  return rival === null ? null : rivalPreferred(rival);
}
