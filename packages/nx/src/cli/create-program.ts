import { Command } from 'commander';
import { packageVersion } from '../package-version.ts';
import { addAgentCommands } from './agent/agent-commands.ts';
import type { Answer, CliIo } from './cli-io.ts';
import type { AnsweringCommand, CommandSetting } from './command-setting.ts';
import { addCompletionCommand } from './completion/completion-command.ts';
import { addDoctorCommand } from './doctor/doctor-command.ts';
import { addExplainCommand } from './explain/explain-command.ts';
import { addLastCommand } from './last/last-command.ts';
import { addStatsCommand } from './stats/stats-command.ts';
import { addStatusCommand } from './status/status-command.ts';

export interface ProgramOptions {
  readonly io: CliIo;
  readonly onAnswer: (answer: Answer, isJson: boolean) => Promise<void>;
  /** Help, or the version. */
  readonly onUsage: (text: string) => void;
  /** What is wrong with how it was called. */
  readonly onMistake: (text: string) => void;
}

/** The definition of `larder`: commands, options and help. */
export function createProgram({ io, onAnswer, onUsage, onMistake }: ProgramOptions): Command {
  const program = new Command('larder')
    .description(
      'Tells whether the remote cache of this workspace works, and why a task was a miss.',
    )
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    // Subcommands take this and the next over.
    .exitOverride()
    .configureOutput({ writeOut: onUsage, writeErr: onMistake })
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well, 1 it is not or the command failed, 2 it was called wrongly.',
    );
  const answering: AnsweringCommand = (command, answer) => {
    command.option('--json', 'print the answer as JSON').action(async (...args: unknown[]) => {
      // Commander hands over the arguments, the options and the command.
      const { json } = command.opts<{ json?: boolean }>();
      await onAnswer(await answer(...args.slice(0, -1)), json === true);
    });
  };
  const setting: CommandSetting = { program, io, answering };
  addStatusCommand(setting);
  addLastCommand(setting);
  addExplainCommand(setting);
  addStatsCommand(setting);
  addAgentCommands(setting);
  addDoctorCommand(setting);
  addCompletionCommand(setting);
  return program;
}
