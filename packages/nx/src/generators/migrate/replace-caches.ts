import { pluginError } from '../../errors/plugin-error.ts';
import type { NxJson, NxRunnerEntry } from '../../nx-facts/nx-contexts.ts';
import { flagInTheWay } from '../../nx-facts/cache-flags.ts';
import { hasHooksDoor, type NxVersion } from '../../nx-facts/nx-version.ts';
import type { LarderOptions } from '../../options/larder-options.ts';
import { changeNxJson } from '../init/change-nx-json.ts';
import type { FoundSetup } from '../other-caches/find-setups.ts';
import { setupOf } from '../other-caches/known-setups.ts';
import { isForeignRunner, type ForeignEntry } from '../other-caches/runner-entries.ts';
import { isForeignPackage } from '../other-caches/foreign-packages.ts';
import { withoutKeys } from '../without-keys.ts';
import { withoutInstalled } from '../packages/without-installed.ts';

type PluginEntry = string | { readonly plugin: string };

export interface Replacement {
  readonly setups: readonly FoundSetup[];
  /** Larder's options. */
  readonly options: LarderOptions;
  readonly nxVersion: NxVersion;
}

/** @throws LarderError `LARDER_MIGRATE_RUNNER_UNKNOWN` when Nx's default runner is one that Larder does not know. */
export function assertKnownRunner(nxJson: NxJson): void {
  const runner = nxJson.tasksRunnerOptions?.default?.runner;
  if (!isForeignRunner(runner) || setupOf(runner) !== null) return;
  throw pluginError(
    'LARDER_MIGRATE_RUNNER_UNKNOWN',
    `nx.json names a tasks runner that Larder cannot migrate from: ${runner}`,
    {
      hint: 'Remove "tasksRunnerOptions.default.runner" and its options from nx.json, and run "nx generate @larder/nx:init".',
    },
  );
}

/** nx.json with Larder in the place of other caches. What is Nx's own stays. */
export function replaceCaches(json: NxJson, { setups, options, nxVersion }: Replacement): NxJson {
  const isHooks = hasHooksDoor(nxVersion);
  const entries = setups.flatMap((found) => found.entries);
  const keys = setups.flatMap((found) => Object.keys(found.keys));
  const replaced = isHooks
    ? withoutEntries(json, entries)
    : withLarderRunners(json, { entries, options });
  const stripped = withoutKeys(withoutInstalled(withoutPlugins(replaced), isForeignPackage), keys);
  return changeNxJson(withoutCacheFlag(stripped, nxVersion), options, nxVersion);
}

/** Nx 20.8 and later: what is left of the entries is options of Nx itself. */
function withoutEntries(json: NxJson, entries: readonly ForeignEntry[]): NxJson {
  return changeEntries(json, entries, ({ kept }, entry) =>
    Object.keys(kept).length > 0 ? { ...withoutKeys(entry, ['runner']), options: kept } : null,
  );
}

/** Earlier versions: the entries name Larder's runner instead, beside the options of Nx itself. */
function withLarderRunners(
  json: NxJson,
  { entries, options }: Pick<Replacement, 'options'> & { entries: readonly ForeignEntry[] },
): NxJson {
  return changeEntries(json, entries, ({ kept }, entry) => ({
    ...entry,
    runner: '@larder/nx',
    options: { ...kept, ...options },
  }));
}

function changeEntries(
  json: NxJson,
  entries: readonly ForeignEntry[],
  change: (entry: ForeignEntry, current: NxRunnerEntry) => NxRunnerEntry | null,
): NxJson {
  if (entries.length === 0) return json;
  const changed = Object.entries(json.tasksRunnerOptions ?? {}).flatMap(([name, current]) => {
    const entry = entries.find((each) => each.name === name);
    if (entry === undefined || current === undefined) return [[name, current] as const];
    const replacement = change(entry, current);
    return replacement === null ? [] : [[name, replacement] as const];
  });
  if (changed.length === 0) return withoutKeys(json, ['tasksRunnerOptions']);
  return { ...json, tasksRunnerOptions: Object.fromEntries(changed) };
}

/** Where somebody has listed a cache as a plugin. */
function withoutPlugins(json: NxJson): NxJson {
  const isForeign = (entry: PluginEntry) => setupOf(nameOf(entry)) !== null;
  const { plugins } = json;
  if (plugins?.some(isForeign) !== true) return json;
  return { ...json, plugins: plugins.filter((entry) => !isForeign(entry)) };
}

function nameOf(entry: PluginEntry): string {
  return typeof entry === 'string' ? entry : entry.plugin;
}

function withoutCacheFlag(json: NxJson, nxVersion: NxVersion): NxJson {
  const flag = flagInTheWay(json, nxVersion);
  return flag === null ? json : withoutKeys(json, [flag]);
}
