import type { Command } from 'commander';
import type { Answer, CliIo } from './cli-io.ts';

/** What a command needs to be added to the program. */
export interface CommandSetting {
  readonly program: Command;
  readonly io: CliIo;
  /** Adds `--json`, and prints what the command answers. */
  readonly answering: AnsweringCommand;
}

export type AnsweringCommand = (
  command: Command,
  /** Gets the arguments and the options, as the command defines them. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Commander's own types know no more
  answer: (...args: any[]) => Promise<Answer>,
) => void;
