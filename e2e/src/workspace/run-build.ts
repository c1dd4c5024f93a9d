import { readFile, writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';

import { type DaemonMode } from '../environment.ts';
import { type Workspace } from './create-workspace.ts';
import { runNx } from './run-nx.ts';
import { readRunRecord, type TaskRecord } from './run-record.ts';
import { splitTerminalOutput } from './terminal-output.ts';

export interface BuildOptions {
  readonly daemon?: DaemonMode;
  readonly parallel?: number;
  /** More of the command line. */
  readonly args?: readonly string[];
  /** Added to the machine's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told Nx's process, which is also its process group. */
  readonly onStart?: (pid: number) => void;
}

/** What one `nx run-many -t build` did, as far as that shows without Nx's own record. */
export interface BuildRun {
  readonly exitCode: number | null;
  /** Standard output and standard error, without colours. */
  readonly output: string;
  readonly durationMs: number;
  /** The projects whose task process really ran, sorted. */
  readonly executed: readonly string[];
  /** What each project's task said on the terminal. */
  readonly terminalOutput: Readonly<Record<string, string>>;
}

export interface Build extends BuildRun {
  readonly tasks: readonly TaskRecord[];
}

/** Builds all projects and gathers what happened from Nx and from the tasks themselves. */
export async function runBuild(workspace: Workspace, options: BuildOptions = {}): Promise<Build> {
  const run = await runUnfinishedBuild(workspace, options);
  return { ...run, tasks: await readRunRecord(workspace) };
}

/** Like {@link runBuild}, for a build that may be interrupted before Nx has noted anything. */
export async function runUnfinishedBuild(
  workspace: Workspace,
  { daemon = 'off', parallel = 3, args: moreArgs = [], env = {}, onStart }: BuildOptions = {},
): Promise<BuildRun> {
  await writeFile(workspace.executionsFile, '');
  const args = ['run-many', '-t', 'build', `--parallel=${parallel}`, '--output-style=static'];
  args.push(...moreArgs);
  const result = await runNx(
    workspace,
    args,
    {
      LARDER_E2E_EXECUTIONS: workspace.executionsFile,
      ...env,
      NX_DAEMON: String(daemon === 'on'),
    },
    onStart === undefined ? {} : { onStart },
  );
  return {
    exitCode: result.exitCode,
    output: stripVTControlCharacters(`${result.stdout}${result.stderr}`),
    durationMs: result.durationMs,
    executed: await readExecutions(workspace),
    terminalOutput: splitTerminalOutput(result.stdout),
  };
}

/** The projects whose task process has started since the last build began, sorted. */
export async function readExecutions({ executionsFile }: Workspace): Promise<string[]> {
  const executions = await readFile(executionsFile, 'utf8');
  return executions.split('\n').filter(Boolean).sort();
}

/** Starts the workspace's daemon, so that the next build finds one that is running already. */
export async function startDaemon(
  workspace: Workspace,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  await runNx(workspace, ['daemon', '--start'], {
    LARDER_E2E_EXECUTIONS: workspace.executionsFile,
    ...env,
    NX_DAEMON: 'true',
  });
}

/** Ends the workspace's own daemon; harmless when there is none. */
export async function stopDaemon(workspace: Workspace): Promise<void> {
  await runNx(workspace, ['daemon', '--stop'], { NX_DAEMON: 'true' });
}
