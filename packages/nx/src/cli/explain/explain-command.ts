import { pluginError } from '../../errors/plugin-error.ts';
import { formatCount } from '../../format/format-count.ts';
import type { RunRecord } from '../../history/run-record.ts';
import { askNxForHash } from '../../nx-facts/hash-now/ask-nx-for-hash.ts';
import type { ResolvedOptions } from '../../options/larder-options.ts';
import type { Answer, CliIo } from '../cli-io.ts';
import type { CommandSetting } from '../command-setting.ts';
import { dataDirectoryOf, openWorkspace, optionsOf } from '../workspace/open-workspace.ts';
import { parseRunNumber } from '../run-number.ts';
import { readHistory } from '../workspace/read-history.ts';
import { explainTask, lastInputs, type Explanation } from './explain-task.ts';
import { formatExplanation } from './format-explanation.ts';
import { formatNow } from './format-now.ts';
import { describeNow, type Now } from './now.ts';
import { askPresence } from './presence.ts';

interface ExplainFlags {
  readonly run: number;
  readonly now: boolean;
}

/** Adds `explain`. */
export function addExplainCommand({ program, io, answering }: CommandSetting): void {
  const command = program
    .command('explain')
    .description('why a task was a miss in the last command that had it')
    .argument('<task>', 'project:target or project:target:configuration')
    .option('--run <n>', 'as of the command before the last: 2, and so on', parseRunNumber, 1)
    .option('--no-now', 'do not ask Nx what the hash would be now');
  answering(command, (taskId: string, flags: ExplainFlags) => explain(taskId, flags, io));
}

async function explain(taskId: string, { run, now }: ExplainFlags, io: CliIo): Promise<Answer> {
  const workspace = openWorkspace(io);
  const options = optionsOf(workspace);
  const records = await readHistory(dataDirectoryOf(workspace, options));
  const explanation = explainTask(taskId, records.slice(run - 1));
  if (explanation === null) throw noTask(taskId, records);
  const { last } = explanation;
  const { artifactHash } = last.task;
  const [presence, told] = await Promise.all([
    askPresence(options, { url: last.url, artifactHash }),
    // An earlier command is asked about for its own sake.
    now && run === 1 ? tellNow(explanation, { records, options, io }) : null,
  ]);
  return {
    text:
      formatExplanation(explanation, presence) +
      (told === null ? '' : `\n${formatNow(told)}`) +
      lastMissLine(explanation, records),
    json: { ...explanation, presence, now: told },
  };
}

interface NowSetting {
  readonly records: readonly RunRecord[];
  readonly options: ResolvedOptions;
  readonly io: CliIo;
}

async function tellNow(
  { taskId, last }: Explanation,
  { records, options, io: { variables, signal } }: NowSetting,
): Promise<Now> {
  const answer = await askNxForHash({ taskId, variables, signal });
  return describeNow(answer, { task: last.task, inputs: lastInputs(taskId, records) }, options);
}

/** Who asks about a task that was found is likely to mean the time when it was not. */
function lastMissLine({ taskId, verdict }: Explanation, records: readonly RunRecord[]): string {
  if (verdict !== 'local-hit' && verdict !== 'remote-hit') return '';
  const index = records.findIndex(({ report }) =>
    report.tasks.some((task) => task.taskId === taskId && task.lookup === 'miss'),
  );
  return index === -1
    ? ''
    : `\nThe last miss is explained by: larder explain ${taskId} --run ${String(index + 1)}\n`;
}

function noTask(taskId: string, records: readonly RunRecord[]) {
  const known = [...new Set(records.flatMap(({ report }) => report.tasks))].flatMap(
    (task) => task.taskId ?? [],
  );
  const similar = [...new Set(known)].filter(
    (each) => each.startsWith(taskId) || each.split(':')[0] === taskId.split(':')[0],
  );
  const hint =
    similar.length > 0
      ? `Ask for one of these: ${similar.slice(0, 10).join(', ')}.`
      : 'Run it, then ask again. A task is named as Nx does: project:target or project:target:configuration.';
  return pluginError(
    'LARDER_CLI_NO_TASK',
    `None of the last ${formatCount(records.length, 'command')} had the task ${taskId}`,
    { hint },
  );
}
