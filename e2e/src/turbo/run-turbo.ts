import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand } from '../processes/run-command.ts';
import { type TurboWorkspace } from './create-turbo-workspace.ts';

export interface TurboRun {
  readonly exitCode: number | null;
  readonly output: string;
  /** Where turbo got each task from: `LOCAL`, `REMOTE`, or `MISS` when it ran. */
  readonly sources: Readonly<Record<string, string>>;
  /** The hash of each task. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** The part of turbo's `--summarize` file that is read here. */
interface RunSummary {
  readonly tasks: readonly {
    readonly taskId: string;
    readonly hash: string;
    readonly cache: { readonly status: string; readonly source?: string };
  }[];
}

/** Runs `turbo run build` and reads turbo's own summary of it. */
export async function runTurbo(
  { folder, machine }: TurboWorkspace,
  env: Readonly<Record<string, string>>,
): Promise<TurboRun> {
  const summaries = join(folder, '.turbo', 'runs');
  await rm(summaries, { recursive: true, force: true });
  const result = await runCommand(
    join(folder, 'node_modules', '.bin', 'turbo'),
    ['run', 'build', '--summarize'],
    { cwd: folder, env: { ...machine.env, TURBO_TELEMETRY_DISABLED: '1', ...env } },
  );
  const [file] = await readdir(summaries);
  if (file === undefined) throw new Error(`turbo wrote no summary.\n${result.stdout}`);
  const summary = JSON.parse(await readFile(join(summaries, file), 'utf8')) as RunSummary;
  return {
    exitCode: result.exitCode,
    output: `${result.stdout}${result.stderr}`,
    sources: Object.fromEntries(
      summary.tasks.map(({ taskId, cache }) => [taskId, cache.source ?? cache.status]),
    ),
    hashes: Object.fromEntries(summary.tasks.map(({ taskId, hash }) => [taskId, hash])),
  };
}
