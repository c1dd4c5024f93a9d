import { doorOf, isAtLeast } from './nx-version.ts';

/** Whether a workspace uses the plugin; without it Nx has its local cache only. */
export type Cache = 'larder' | 'local';

/** The `nx.json` that a team with this version of Nx has, with Larder's options where it has a door. */
export function nxJson(
  nxVersion: string,
  cache: Cache,
  larderOptions: Readonly<Record<string, unknown>> = {},
): object {
  return {
    analytics: false,
    neverConnectToCloud: true,
    targetDefaults: { build: { cache: true, dependsOn: ['^build'] } },
    ...(cache === 'larder' && doorOf(nxVersion) === 'hooks'
      ? { plugins: [{ plugin: '@larder/nx', options: larderOptions }] }
      : {}),
    ...(doorOf(nxVersion) === 'runner'
      ? {
          tasksRunnerOptions: {
            default: {
              runner: cache === 'larder' ? '@larder/nx' : 'nx/tasks-runners/default',
              // Nx 16 has no `cache` property of targets yet.
              options: {
                ...(isAtLeast(nxVersion, 17) ? {} : { cacheableOperations: ['build'] }),
                ...(cache === 'larder' ? larderOptions : {}),
              },
            },
          },
        }
      : {}),
  };
}
