import type { NxJson } from '../nx-facts/nx-contexts.ts';
import type { LarderOptions } from '../options/larder-options.ts';
import { isOptionName } from '../options/option-names.ts';

/** Larder's options in nx.json, wherever they stand; unchecked. The plugin's win over the runner's. */
export function larderOptionsIn({ plugins, tasksRunnerOptions }: NxJson): LarderOptions {
  const plugin = plugins?.find((entry) => isLarder(entry));
  const runner = tasksRunnerOptions?.default;
  return {
    ...(runner?.runner === '@larder/nx' && ownOptions(runner)),
    ...(typeof plugin === 'object' && ownOptions(plugin)),
  };
}

/** Whether an entry of `plugins` is Larder. */
export function isLarder(entry: string | { readonly plugin: string }): boolean {
  return (typeof entry === 'string' ? entry : entry.plugin) === '@larder/nx';
}

function ownOptions(entry: object): LarderOptions {
  const { options } = entry as { readonly options?: unknown };
  if (typeof options !== 'object' || options === null) return {};
  return Object.fromEntries(Object.entries(options).filter(([name]) => isOptionName(name)));
}
