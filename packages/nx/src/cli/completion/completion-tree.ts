import type { Command } from 'commander';

/** A command of the program as a shell completes it. */
export interface CompletionNode {
  /** From the program on, such as `larder agent stop`. */
  readonly path: string;
  readonly candidates: readonly Candidate[];
  readonly hasCommands: boolean;
}

/** A word that may come next. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** The program and all of its commands, from their definitions. */
export function completionTree(command: Command, parent = ''): CompletionNode[] {
  const path = `${parent} ${command.name()}`.trim();
  const { commands, options, registeredArguments } = command;
  const help = command.createHelp();
  const words = [
    ...commands.map((each) => ({ word: each.name(), description: each.description() })),
    ...registeredArguments.flatMap(({ argChoices = [], description }) =>
      argChoices.map((word) => ({ word, description })),
    ),
    ...options.flatMap(({ long, description }) =>
      long == null ? [] : [{ word: long, description }],
    ),
  ];
  const hasHelp = words.some(({ word }) => word === '--help');
  const helpWord = help.visibleOptions(command).find(({ long }) => long === '--help');
  if (!hasHelp && helpWord) words.push({ word: '--help', description: helpWord.description });
  return [
    { path, candidates: words, hasCommands: commands.length > 0 },
    ...commands.flatMap((each) => completionTree(each, path)),
  ];
}
