import { Argument } from 'commander';
import type { CommandSetting } from '../command-setting.ts';
import { completionTree } from './completion-tree.ts';
import { shells, shellScript, type Shell } from './shell-scripts.ts';

/** Adds `completion`. To be added last: it completes what is there by then. */
export function addCompletionCommand({ program, answering }: CommandSetting): void {
  const command = program
    .command('completion')
    .description('print what makes a shell complete commands and options')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells));
  answering(command, (shell: Shell) => {
    const script = shellScript(shell, completionTree(program));
    return Promise.resolve({ text: script, json: { shell, script } });
  });
}
