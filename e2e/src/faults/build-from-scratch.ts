import { type Workspace } from '../workspace/create-workspace.ts';
import { keepsSymlinks } from '../workspace/nx-version.ts';
import {
  type OutputTree,
  readOutputs,
  removeLocalCache,
  removeOutputs,
} from '../workspace/outputs.ts';
import { type BuildOptions, type BuildRun, runUnfinishedBuild } from '../workspace/run-build.ts';

/** A build and what it left behind. */
export interface Observation {
  readonly build: BuildRun;
  readonly outputs: OutputTree;
}

/** Builds all projects without anything that an earlier build has left on the machine. */
export async function buildFromScratch(
  workspace: Workspace,
  options: Pick<BuildOptions, 'env' | 'onStart'> = {},
): Promise<Observation> {
  await removeOutputs(workspace);
  await removeLocalCache(workspace);
  const build = await runUnfinishedBuild(workspace, options);
  // Where hits do not bring symlinks back they bring what is behind them.
  const followSymlinks = !keepsSymlinks(workspace.nxVersion, workspace.hasFastLane);
  return { build, outputs: await readOutputs(workspace, { followSymlinks }) };
}
