import { postTasksExecution, preTasksExecution } from './doors/hooks-door.ts';
import { runTasks } from './doors/runner-door.ts';

export type { CacheMode, LarderOptions } from './options/larder-options.ts';

/** Name of the plugin, as Nx shows it. */
export const name = '@larder/nx';

// Nx 20.8 and later load this package as a plugin, by its named exports.
export { postTasksExecution, preTasksExecution };

// Nx 16 to 20 load it as a tasks runner, by its default export.
export default runTasks;
