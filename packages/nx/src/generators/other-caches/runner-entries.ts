import { isListedAsPlugin } from '../../doors/runner-options.ts';
import type { NxJson, NxRunnerEntry } from '../../nx-facts/nx-contexts.ts';
import { isOptionName } from '../../options/option-names.ts';
import type { CacheSetup, ForeignOptions } from './cache-setup.ts';
import { knownSetups, setupOf } from './known-setups.ts';

/** An entry of `tasksRunnerOptions` that belongs to another cache. */
export interface ForeignEntry {
  readonly name: string;
  readonly setup: CacheSetup;
  /** Options of the other cache. */
  readonly foreign: ForeignOptions;
  /** The rest: what Nx itself reads, whatever the runner is. */
  readonly kept: ForeignOptions;
}

/** Options of Nx's default runner, Nx 16 to 20. */
const nxOptions = [
  'parallel',
  'cacheableOperations',
  'cacheableTargets',
  'runtimeCacheInputs',
  'cacheDirectory',
  'captureStderr',
  'skipNxCache',
  'batch',
  'useDaemonProcess',
];

/** Runners that do no more than Nx itself does. */
const defaultRunners = ['nx/tasks-runners/default', '@nrwl/workspace/tasks-runners/default'];

/** Whether a tasks runner is neither Nx's own nor Larder's. */
export function isForeignRunner(runner: string | undefined): runner is string {
  return runner !== undefined && runner !== '@larder/nx' && !defaultRunners.includes(runner);
}

/** @param packages what is listed in the workspace */
export function findForeignEntries(nxJson: NxJson, packages: readonly string[]): ForeignEntry[] {
  const installed = knownSetups.filter(
    (setup) => setup.place === 'runner' && packages.some((name) => setupOf(name) === setup),
  );
  return Object.entries(nxJson.tasksRunnerOptions ?? {}).flatMap(([name, entry]) => {
    // Without a runner, what Larder reads there can be its own.
    const isLarderUsed = entry?.runner === undefined && isListedAsPlugin(nxJson);
    const isKept = (option: string) =>
      nxOptions.includes(option) || (isLarderUsed && isOptionName(option));
    const options = Object.entries(optionsOf(entry));
    const foreign = options.filter(([option]) => !isKept(option));
    const setup = ownerOf(entry, {
      names: foreign.map(([option]) => option),
      installed,
    });
    if (setup === null) return [];
    const kept = options.filter(([option]) => isKept(option));
    return [{ name, setup, foreign: Object.fromEntries(foreign), kept: Object.fromEntries(kept) }];
  });
}

/** Nx's own migration to 21 can have taken the runner away, but not everything else. */
function ownerOf(
  entry: NxRunnerEntry | undefined,
  { names, installed }: { names: readonly string[]; installed: readonly CacheSetup[] },
): CacheSetup | null {
  if (entry?.runner !== undefined) return setupOf(entry.runner);
  const owners = [
    installed.find(({ runnerOptions }) => names.some((name) => runnerOptions.includes(name))),
    knownSetups.find(({ tellingOptions }) => names.some((name) => tellingOptions.includes(name))),
  ];
  return owners.find((owner) => owner !== undefined) ?? null;
}

function optionsOf(entry: NxRunnerEntry | undefined): ForeignOptions {
  const options = entry?.options;
  return typeof options === 'object' && options !== null ? (options as ForeignOptions) : {};
}
