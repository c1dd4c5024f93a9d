import { pluginError } from '../../errors/plugin-error.ts';
import { formatCount } from '../../format/format-count.ts';
import type { Answer, CliIo } from '../cli-io.ts';
import type { CommandSetting } from '../command-setting.ts';
import { parseRunNumber } from '../run-number.ts';
import { dataDirectoryOf, openWorkspace, optionsOf } from '../workspace/open-workspace.ts';
import { readHistory } from '../workspace/read-history.ts';
import { formatRun } from './format-run.ts';

interface LastFlags {
  readonly run: number;
}

/** Adds `last`. */
export function addLastCommand({ program, io, answering }: CommandSetting): void {
  const command = program
    .command('last')
    .description('what became of each task of the last command')
    .option('--run <n>', 'the one before it: 2, and so on', parseRunNumber, 1);
  answering(command, (flags: LastFlags) => tellLast(flags, io));
}

async function tellLast({ run }: LastFlags, io: CliIo): Promise<Answer> {
  const workspace = openWorkspace(io);
  const records = await readHistory(dataDirectoryOf(workspace, optionsOf(workspace)));
  const record = records[run - 1];
  if (!record) {
    throw pluginError(
      'LARDER_CLI_NO_RUN',
      `There is no command ${String(run)}: ${formatCount(records.length, 'command')} of this workspace is what is recorded`,
      { hint: `Ask for one of 1 to ${String(records.length)}; 1 is the last.` },
    );
  }
  const { openedAt, closedAt, command, mode, report } = record;
  return {
    text: formatRun(record, { run, count: records.length }),
    json: { run, count: records.length, openedAt, closedAt, command, mode, report },
  };
}
