import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  fastLaneInstallation,
  type Installation,
  nxInstallation,
  vercelRunnerInstallation,
} from '@larder/e2e/installations/installation';
import { larderVariables, type LarderServer } from '@larder/e2e/server/start-larder-server';
import { type Workspace } from '@larder/e2e/workspace/create-workspace';
import { type NxJson, nxJson } from '@larder/e2e/workspace/nx-json';

/** A way of giving a workspace its remote cache. */
export interface Wiring {
  readonly installation: (nxVersion: string) => Installation;
  readonly nxJson: (nxVersion: string) => NxJson;
  /** What the command is told besides. */
  readonly variables: (server: Pick<LarderServer, 'url' | 'token'>) => Record<string, string>;
  /** What else has to be done with a new workspace. */
  readonly prepare?: (workspace: Workspace) => Promise<void>;
  /** Whether Larder's plugin does it, and so reports what it has stored. */
  readonly isLarder: boolean;
}

export const withoutRemoteCache: Wiring = {
  installation: nxInstallation,
  nxJson: (nxVersion) => nxJson(nxVersion, 'local'),
  variables: () => ({}),
  isLarder: false,
};

/** Nx's own client speaks to the server itself. */
export const nxClient: Wiring = {
  ...withoutRemoteCache,
  variables: ({ url, token }) => ({
    NX_SELF_HOSTED_REMOTE_CACHE_SERVER: url,
    NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
  }),
};

/** The plugin: by its hooks from Nx 20.8 on, as tasks runner before. */
export const larderPlugin: Wiring = {
  installation: nxInstallation,
  nxJson: (nxVersion) => nxJson(nxVersion, 'larder'),
  variables: larderVariables,
  isLarder: true,
};

/** The plugin, with the package in Nx's place that hands folders over. */
export const fastLane: Wiring = { ...larderPlugin, installation: fastLaneInstallation };

/** Vercel's own tasks runner, `@vercel/remote-nx`. */
export const vercelRunner: Wiring = {
  installation: vercelRunnerInstallation,
  nxJson: (nxVersion) => ({
    ...nxJson(nxVersion, 'local'),
    tasksRunnerOptions: { default: { runner: '@vercel/remote-nx', options: { silent: true } } },
  }),
  variables: ({ url, token }) => ({ NX_VERCEL_REMOTE_CACHE_TOKEN: token, [ADDRESS]: url }),
  prepare: exchangeAddress,
  isLarder: false,
};

/** A plugin of Nx that does nothing before the tasks and nothing after them. */
export const emptyPlugin = pluginOf(`
  exports.preTasksExecution = async () => {};
  exports.postTasksExecution = async () => {};
`);

/** The same, asked for projects as well, of which it has none. */
export const emptyPluginWithGraphHook = pluginOf(`
  exports.createNodesV2 = ['empty-plugin-finds-no-projects', () => []];
  exports.preTasksExecution = async () => {};
  exports.postTasksExecution = async () => {};
`);

function pluginOf(source: string): Wiring {
  return {
    ...withoutRemoteCache,
    nxJson: (nxVersion) => ({ ...nxJson(nxVersion, 'local'), plugins: ['empty-plugin'] }),
    prepare: async ({ folder }) => {
      const plugin = join(folder, 'node_modules', 'empty-plugin');
      await mkdir(plugin);
      const manifest = { name: 'empty-plugin', version: '1.0.0', main: 'index.js' };
      await writeFile(join(plugin, 'package.json'), JSON.stringify(manifest));
      await writeFile(join(plugin, 'index.js'), `exports.name = 'empty-plugin';\n${source}`);
    },
  };
}

const ADDRESS = 'LARDER_BENCH_VERCEL_ADDRESS';

/** Its client has a fixed address, which is exchanged in the workspace's copy. */
async function exchangeAddress({ folder }: Workspace): Promise<void> {
  const file = join(folder, 'node_modules', '@vercel', 'remote', 'dist', 'index.js');
  const text = await readFile(file, 'utf8');
  const fixed = '"https://vercel.com/api/v8/artifacts"';
  if (!text.includes(fixed)) throw new Error(`${file} has another address than expected.`);
  await writeFile(file, text.replace(fixed, `process.env.${ADDRESS} + "/api/v8/artifacts"`));
}
