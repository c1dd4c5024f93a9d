import { join } from 'node:path';

import { type RunningProcess, startProcess } from '../processes/start-process.ts';
import { type DaemonMode } from '../environment.ts';
import { type Workspace } from './create-workspace.ts';

export interface StartBuildOptions {
  readonly daemon: DaemonMode;
  /** Added to the machine's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What a task says when the build is as far as the test needs it. */
  readonly until: string;
}

/** Starts `nx run-many -t build` and waits until one of its tasks says something. */
export function startBuild(
  { folder, machine, executionsFile }: Workspace,
  { daemon, env, until }: StartBuildOptions,
): Promise<RunningProcess<true>> {
  const args = ['run-many', '-t', 'build', '--output-style=stream'];
  return startProcess(join(folder, 'node_modules', '.bin', 'nx'), args, {
    cwd: folder,
    env: {
      ...machine.env,
      NX_NO_CLOUD: 'true',
      LARDER_E2E_EXECUTIONS: executionsFile,
      ...env,
      NX_DAEMON: String(daemon === 'on'),
    },
    parseReady: (output) => (output.includes(until) ? true : null),
  });
}
