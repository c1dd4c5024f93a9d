import type { CompletionNode } from './completion-tree.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** The script that makes a shell complete the commands and options of a program. */
export function shellScript(shell: Shell, nodes: readonly CompletionNode[]): string {
  const program = nodes[0]?.path ?? '';
  switch (shell) {
    case 'bash':
      return bashScript(program, nodes);
    case 'zsh':
      return zshScript(program, nodes);
    case 'fish':
      return fishScript(program, nodes);
  }
}

/** For bash and zsh: follows the words to the command that they name. */
function walk(nodes: readonly CompletionNode[]): string[] {
  return nodes.slice(1).map(({ path }) => `      ${quote(path)}) place=${quote(path)} ;;`);
}

function bashScript(program: string, nodes: readonly CompletionNode[]): string {
  return lines([
    `# Completion of ${program} for bash: source it, or put it into the folder of completions.`,
    `_${program}() {`,
    `  local place=${quote(program)} current="\${COMP_WORDS[COMP_CWORD]}" index`,
    '  for ((index = 1; index < COMP_CWORD; index++)); do',
    '    case "$place ${COMP_WORDS[index]}" in',
    ...walk(nodes),
    '    esac',
    '  done',
    '  case "$place" in',
    ...nodes.map(({ path, candidates }) => {
      const words = candidates.map(({ word }) => word).join(' ');
      return `    ${quote(path)}) COMPREPLY=($(compgen -W ${quote(words)} -- "$current")) ;;`;
    }),
    '  esac',
    '}',
    `complete -F _${program} ${program}`,
  ]);
}

function zshScript(program: string, nodes: readonly CompletionNode[]): string {
  return lines([
    `#compdef ${program}`,
    `# Completion of ${program} for zsh: source it after compinit, or put it into a folder of $fpath.`,
    `_${program}() {`,
    `  local place=${quote(program)} word`,
    '  local -a candidates',
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    '    case "$place $word" in',
    ...walk(nodes),
    '    esac',
    '  done',
    '  case "$place" in',
    ...nodes.map(({ path, candidates }) => {
      const words = candidates.map(({ word, description }) => quote(`${word}:${description}`));
      return `    ${quote(path)}) candidates=(${words.join(' ')}) ;;`;
    }),
    '  esac',
    `  _describe ${quote(program)} candidates`,
    '}',
    // From a folder of $fpath the whole file is the function, when it is called for the first time.
    `if [ "$funcstack[1]" = "_${program}" ]; then`,
    `  _${program} "$@"`,
    'else',
    `  compdef _${program} ${program}`,
    'fi',
  ]);
}

function fishScript(program: string, nodes: readonly CompletionNode[]): string {
  const paths = nodes.map(({ path }) => fishQuote(path)).join(' ');
  return lines([
    `# Completion of ${program} for fish: source it, or put it into a folder of $fish_complete_path.`,
    `function __${program}_at`,
    `    set -l place ${program}`,
    '    for word in (commandline -opc)[2..]',
    `        contains -- "$place $word" ${paths}`,
    '        and set place "$place $word"',
    '    end',
    '    test "$place" = "$argv[1]"',
    'end',
    `complete -c ${program} -f`,
    ...nodes.flatMap(({ path, candidates }) =>
      candidates.map(({ word, description }) => {
        const name = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
        const condition = fishQuote(`__${program}_at ${fishQuote(path)}`);
        return `complete -c ${program} -n ${condition} ${name} -d ${fishQuote(description)}`;
      }),
    ),
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Within quotes fish knows two escapes: of the quote and of the backslash. */
function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
