import { pluginError } from '../../errors/plugin-error.ts';
import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import { hasHooksDoor, type NxVersion } from '../../nx-facts/nx-version.ts';
import type { LarderOptions } from '../../options/larder-options.ts';
import { isLarder } from '../larder-options-in.ts';
import { setupOf } from '../other-caches/known-setups.ts';
import { isForeignRunner } from '../other-caches/runner-entries.ts';

/**
 * nx.json with Larder in the place where this version of Nx looks for it, and with these options
 * besides those that are there. Everything else stays as it is.
 *
 * @throws LarderError `LARDER_INIT_RUNNER_TAKEN`
 */
export function changeNxJson(json: NxJson, options: LarderOptions, nxVersion: NxVersion): NxJson {
  return hasHooksDoor(nxVersion) ? withPlugin(json, options) : withRunner(json, options);
}

function withPlugin(json: NxJson, options: LarderOptions): NxJson {
  const plugins = json.plugins ?? [];
  const known = plugins.find(isLarder);
  const entry = typeof known === 'object' ? known : { plugin: '@larder/nx' };
  const merged = { ...entryOptions(entry), ...options };
  const changed =
    Object.keys(merged).length > 0 ? { ...entry, options: merged } : (known ?? '@larder/nx');
  return {
    ...json,
    plugins: known
      ? plugins.map((each) => (each === known ? changed : each))
      : [...plugins, changed],
  };
}

function entryOptions(entry: object): LarderOptions {
  return 'options' in entry ? (entry.options as LarderOptions) : {};
}

function withRunner(json: NxJson, options: LarderOptions): NxJson {
  const known = json.tasksRunnerOptions?.default;
  const runner = known?.runner;
  if (isForeignRunner(runner)) {
    throw pluginError('LARDER_INIT_RUNNER_TAKEN', `nx.json names another tasks runner: ${runner}`, {
      hint:
        setupOf(runner) === null
          ? 'Remove "tasksRunnerOptions.default.runner" from nx.json, and run this again.'
          : 'Run "nx generate @larder/nx:migrate", which puts Larder in its place.',
    });
  }
  return {
    ...json,
    tasksRunnerOptions: {
      ...json.tasksRunnerOptions,
      default: {
        // The order of the keys lets `remove` know whether a runner was named before.
        ...(known ?? { options: {} }),
        runner: '@larder/nx',
        options: { ...(known?.options as object | undefined), ...options },
      },
    },
  };
}
