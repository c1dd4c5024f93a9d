import type { NxJson, NxPluginEntry } from '../nx-facts/nx-contexts.ts';

/**
 * Options of the tasks runner in nx.json. Nx 21 and later ignore the runner but leave its options
 * where they are, and so they keep their meaning for Larder.
 */
export function runnerOptionsOf(nxJson: NxJson): unknown {
  return nxJson.tasksRunnerOptions?.default?.options;
}

/** Whether nx.json names this package as the tasks runner. */
export function isNamedAsRunner(nxJson: NxJson): boolean {
  return nxJson.tasksRunnerOptions?.default?.runner === '@larder/nx';
}

/** Whether nx.json also lists this package as a plugin. */
export function isListedAsPlugin(nxJson: NxJson): boolean {
  return pluginEntry(nxJson) !== undefined;
}

/** Options of the plugin's entry in nx.json. */
export function pluginOptionsOf(nxJson: NxJson): unknown {
  const entry = pluginEntry(nxJson);
  return typeof entry === 'object' ? entry.options : undefined;
}

function pluginEntry(nxJson: NxJson): string | NxPluginEntry | undefined {
  return nxJson.plugins?.find(
    (entry) => (typeof entry === 'string' ? entry : entry.plugin) === '@larder/nx',
  );
}
