import type { PreContext } from '../nx-facts/nx-contexts.ts';
import { hasHooksDoor, type NxVersion } from '../nx-facts/nx-version.ts';
import { findRivalCache, type RivalSources } from '../nx-facts/rival-cache.ts';
import type { LarderEnvironment } from '../options/environment.ts';
import type { ResolvedOptions } from '../options/larder-options.ts';
import { rivalPreferred, runnerNeeded } from './notices.ts';

export interface CommandFacts {
  readonly nxVersion: NxVersion;
  readonly context: PreContext;
  readonly environment: LarderEnvironment;
}

/** Why Nx would never ask the hooks' cache, in a line for people; null when it will. */
export function obstacleOf({ mode }: ResolvedOptions, facts: CommandFacts): string | null {
  if (mode === 'off') return null;
  if (!hasHooksDoor(facts.nxVersion)) return runnerNeeded(facts.nxVersion);
  const rival = findRivalCache(rivalSources(facts));
  return rival === null ? null : rivalPreferred(rival);
}

/** Where other caches show in a command of the hooks. */
export function rivalSources({ nxVersion, context, environment }: CommandFacts): RivalSources {
  return {
    nxJson: context.nxJsonConfiguration,
    nxVersion,
    environment: environment.nx,
    workspaceRoot: context.workspaceRoot,
  };
}
