import type { RivalCache } from '../nx-facts/rival-cache.ts';
import type { NxVersion } from '../nx-facts/nx-version.ts';
import type { ResolvedOptions } from '../options/larder-options.ts';

/** What the user should hear before the tasks run: one line for each thing, none when all is well. */
export function noticesOf(options: ResolvedOptions): string[] {
  const notices = options.warnings.map((warning) => `Larder: ${warning}`);
  // Secrets that never arrive are the usual reason for a cache that quietly does nothing.
  if (!options.isConfigured && options.mode !== 'off') {
    notices.push(
      'Larder: the remote cache is not used, because there is no token. Set LARDER_TOKEN, or set LARDER_MODE=off to turn this line off.',
    );
  }
  return notices;
}

/** Nx before 20.8 may call the hooks, but it asks no cache that a plugin could bring along. */
export function runnerNeeded({ major, minor }: NxVersion): string {
  return `Larder: the remote cache is not used, because Nx ${major}.${minor} takes it from the tasks runner. Set "tasksRunnerOptions": { "default": { "runner": "@larder/nx" } } in nx.json, or update Nx to 20.8 or later.`;
}

/** `name` is the one that the fast lane is installed under. */
export function fastLaneUnused(name: string, { major, minor }: NxVersion): string {
  return `Larder: the fast lane is installed as ${name}, but Nx ${major}.${minor} does not use it; the remote cache worked without it. To turn this line off, uninstall that package.`;
}

export function rivalPreferred(rival: RivalCache): string {
  const [reason, remedy] =
    rival.kind === 'nx-cloud'
      ? [`Nx Cloud (${rival.setting})`, 'set NX_NO_CLOUD=true']
      : [`the cache of ${rival.name}, which is installed,`, 'uninstall that package'];
  return `Larder: the remote cache is not used, because Nx prefers ${reason} to it. To use Larder, ${remedy}; to turn this line off, set LARDER_MODE=off.`;
}
