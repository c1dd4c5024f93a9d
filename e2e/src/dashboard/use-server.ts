import { type Machine } from '../machines/create-machine.ts';
import { larderVariables } from '../server/start-larder-server.ts';
import { createTurboWorkspace } from '../turbo/create-turbo-workspace.ts';
import { runTurbo } from '../turbo/run-turbo.ts';
import { createWorkspace } from '../workspace/create-workspace.ts';
import { removeLocalCache, removeOutputs } from '../workspace/outputs.ts';
import { runBuild } from '../workspace/run-build.ts';
import { twelveTasks } from '../workspace/twelve-tasks.ts';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface UsedServer {
  readonly machine: Machine;
  readonly nxVersion: string;
  readonly url: string;
  readonly token: string;
}

/** Teams whose machines use the server. */
export const teams = { nx: 'web', turbo: 'shop' } as const;

/** How many tasks an Nx build of {@link useServer} has. */
export const nxTasks = 4;

/** Packages of the turbo workspace, each with a task. */
export const turboTasks = 3;

/**
 * Lets real tools use a server: for each of them a build that finds nothing and one that finds
 * everything.
 */
export async function useServer({ machine, nxVersion, url, token }: UsedServer): Promise<void> {
  const workspace = await createWorkspace({
    machine,
    nxVersion,
    projects: twelveTasks.slice(0, nxTasks),
    cache: 'larder',
  });
  const env = { ...larderVariables({ url, token }), LARDER_TEAM_SLUG: teams.nx };
  for (let build = 0; build < 2; build += 1) {
    await removeOutputs(workspace);
    await removeLocalCache(workspace);
    await runBuild(workspace, { env });
  }

  const turbo = await createTurboWorkspace({ machine, isSigned: false });
  for (let build = 0; build < 2; build += 1) {
    await rm(join(turbo.folder, '.turbo'), { recursive: true, force: true });
    await runTurbo(turbo, { TURBO_API: url, TURBO_TOKEN: token, TURBO_TEAM: teams.turbo });
  }
}
