import type { NxJson, NxRunnerEntry } from '../../nx-facts/nx-contexts.ts';
import type { NxVersion } from '../../nx-facts/nx-version.ts';
import { isOptionName } from '../../options/option-names.ts';
import { isLarder } from '../larder-options-in.ts';
import { withoutKeys } from '../without-keys.ts';

/** nx.json without Larder as plugin and as tasks runner. Everything else stays as it is. */
export function removeFromNxJson(json: NxJson, nxVersion: NxVersion): NxJson {
  return withoutRunners(withoutPlugin(json), nxVersion);
}

function withoutPlugin(json: NxJson): NxJson {
  const { plugins, ...rest } = json;
  if (plugins?.some(isLarder) !== true) return json;
  const kept = plugins.filter((entry) => !isLarder(entry));
  return kept.length === 0 ? rest : { ...json, plugins: kept };
}

function withoutRunners(json: NxJson, nxVersion: NxVersion): NxJson {
  const { tasksRunnerOptions, ...rest } = json;
  const before = Object.entries(tasksRunnerOptions ?? {});
  if (!before.some(([, entry]) => entry?.runner === '@larder/nx')) return json;
  const after = before.flatMap(([name, entry]) => {
    const changed = entry?.runner === '@larder/nx' ? withoutRunner(entry, nxVersion) : entry;
    return changed === null ? [] : [[name, changed] as const];
  });
  return after.length === 0 ? rest : { ...json, tasksRunnerOptions: Object.fromEntries(after) };
}

/**
 * Without Larder's options, and with Nx's own runner again where Larder's has taken its place. Where
 * none was named, init has put Larder's behind the options. Null when nothing was there; Nx 16 fails
 * without an entry.
 */
function withoutRunner(entry: NxRunnerEntry, { major }: NxVersion): NxRunnerEntry | null {
  const options = Object.entries(entry.options ?? {}).filter(([name]) => !isOptionName(name));
  const [first] = Object.keys(entry);
  const wasAdded = first === 'options' && major > 16;
  if (wasAdded && options.length === 0) return null;
  return {
    ...(!wasAdded && { runner: 'nx/tasks-runners/default' }),
    ...withoutKeys(entry, ['runner']),
    ...(entry.options !== undefined && { options: Object.fromEntries(options) }),
  };
}
