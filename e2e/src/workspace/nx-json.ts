import { doorOf, isAtLeast } from './nx-version.ts';

/** Whether a workspace uses the plugin; without it Nx has its local cache only. */
export type Cache = 'larder' | 'local';

/** Options of the plugin, as they stand in nx.json. */
export type LarderOptions = Readonly<Record<string, string | number>>;

/** An `nx.json`, with the parts that can name the plugin. */
export interface NxJson {
  readonly [name: string]: unknown;
  readonly plugins?: readonly unknown[];
  readonly tasksRunnerOptions?: Readonly<Record<string, object>>;
}

/** The `nx.json` that a team with this version of Nx has, with Larder's options where it has a door. */
export function nxJson(nxVersion: string, cache: Cache, options: LarderOptions = {}): NxJson {
  return {
    analytics: false,
    neverConnectToCloud: true,
    targetDefaults: { build: { cache: true, dependsOn: ['^build'] } },
    ...(cache === 'larder' && doorOf(nxVersion) === 'hooks'
      ? { plugins: [{ plugin: '@larder/nx', options }] }
      : {}),
    ...(doorOf(nxVersion) === 'runner'
      ? {
          tasksRunnerOptions: {
            default: {
              runner: cache === 'larder' ? '@larder/nx' : 'nx/tasks-runners/default',
              // Nx 16 has no `cache` property of targets yet.
              options: {
                ...(cache === 'larder' ? options : {}),
                ...(isAtLeast(nxVersion, 17) ? {} : { cacheableOperations: ['build'] }),
              },
            },
          },
        }
      : {}),
  };
}
