import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { repositoryRoot } from '../repository.ts';

/** A command of the documentation with what the page shows below it. */
export interface ShownCommand {
  /** Relative to the repository's root. */
  readonly page: string;
  /** The text of the nearest heading above it. */
  readonly heading: string;
  readonly command: string;
  /** The lines of output that are shown, without empty ones. */
  readonly output: readonly string[];
}

/** Blocks in which lines with `$ ` are commands and the others their output. */
const CONSOLE = 'console';

/** Blocks that are one script each. */
const SCRIPTS = ['sh', 'bash', 'shell'];

const FOLDERS = ['', 'docs', 'docs/ci', 'packages/client', 'packages/fast-lane'].concat(
  'packages/nx',
  'packages/server',
);

/** Every command in the pages that users and contributors read, in their order. */
export async function readShownCommands(): Promise<ShownCommand[]> {
  const commands: ShownCommand[] = [];
  for (const folder of FOLDERS) {
    const names = (await readdir(join(repositoryRoot, folder))).filter((name) =>
      name.endsWith('.md'),
    );
    for (const name of names.sort()) {
      const page = join(folder, name);
      commands.push(...commandsIn(page, await readFile(join(repositoryRoot, page), 'utf8')));
    }
  }
  return commands;
}

/** The commands in the blocks of a Markdown page. */
export function commandsIn(page: string, markdown: string): ShownCommand[] {
  const commands: ShownCommand[] = [];
  let heading = '';
  let fence: { readonly language: string; readonly lines: string[] } | null = null;
  for (const line of markdown.split('\n')) {
    const text = line.trim();
    const [, language] = /^```(\w*)/.exec(text) ?? [];
    if (fence === null) {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
      if (language !== undefined) fence = { language, lines: [] };
    } else if (language === undefined) {
      fence.lines.push(text);
    } else {
      for (const shown of commandsOfBlock(fence.language, fence.lines)) {
        commands.push({ page, heading, ...shown });
      }
      fence = null;
    }
  }
  return commands;
}

function commandsOfBlock(
  language: string,
  lines: readonly string[],
): Pick<ShownCommand, 'command' | 'output'>[] {
  if (SCRIPTS.includes(language)) return [{ command: lines.join('\n'), output: [] }];
  if (language !== CONSOLE) return [];
  const commands: { command: string; output: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), output: [] });
    else if (line !== '') commands.at(-1)?.output.push(line);
  }
  return commands;
}

/** The first block of a language below a heading of a page. */
export async function readBlock(page: string, heading: string, language: string): Promise<string> {
  const text = await readFile(join(repositoryRoot, page), 'utf8');
  const section = text.slice(text.search(new RegExp(`^#+ ${heading}$`, 'm')));
  const block = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(section)?.[1];
  if (block === undefined) throw new Error(`${page} has no ${language} below "${heading}".`);
  return block;
}
