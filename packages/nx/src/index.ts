import type * as HooksDoor from './doors/hooks-door.ts';
import type * as RunnerDoor from './doors/runner-door.ts';

export type { CacheMode, LarderOptions } from './options/larder-options.ts';

/** Name of the plugin, as Nx shows it. */
export const name = '@larder/nx';

/**
 * Nx's hook for the project graph, to which Larder has nothing to add: it keeps Nx from starting its
 * plugin worker twice for a command, see ADR 0017. While Nx works on the graph the worker is idle, so
 * that it can load there what it will be asked for next.
 */
export const createNodesV2 = [
  'larder-finds-no-projects',
  (): readonly never[] => {
    setImmediate(hooksDoor);
    return [];
  },
] as const;

// Nx 20.8 and later load this package as a plugin, by its named exports.
export const preTasksExecution: typeof HooksDoor.preTasksExecution = (...call) =>
  hooksDoor().preTasksExecution(...call);

export const postTasksExecution: typeof HooksDoor.postTasksExecution = (...call) =>
  hooksDoor().postTasksExecution(...call);

// Nx 16 to 20 load it as a tasks runner, by its default export.
const runTasks: typeof RunnerDoor.runTasks = (...call) => runnerDoor().runTasks(...call);
export default runTasks;

// Doors are loaded when Nx comes to them: Nx waits while it loads a plugin, whatever the command is.

function hooksDoor(): typeof HooksDoor {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- not before it is needed
  return require('./doors/hooks-door') as typeof HooksDoor;
}

function runnerDoor(): typeof RunnerDoor {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- not before it is needed
  return require('./doors/runner-door') as typeof RunnerDoor;
}
