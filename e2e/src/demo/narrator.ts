import { stripVTControlCharacters } from 'node:util';

/** Tells on standard output what the demo does. */
export interface Narrator {
  chapter(title: string): void;
  say(text: string): void;
  command(line: string): void;
  /** What a command said, set off from the story. */
  output(text: string): void;
  table(header: readonly string[], rows: readonly (readonly string[])[]): void;
}

export function createNarrator(write: (line: string) => void): Narrator {
  return {
    chapter(title) {
      write(`\n━━ ${title} ${'━'.repeat(Math.max(0, 74 - title.length))}\n`);
    },
    say: write,
    command(line) {
      write(`  $ ${line}`);
    },
    output(text) {
      for (const line of stripVTControlCharacters(text).split('\n'))
        if (line.trim() !== '') write(`  │ ${line.trimEnd()}`);
    },
    table(header, rows) {
      const widths = header.map((title, column) =>
        Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
      );
      for (const row of [header, ...rows]) {
        write(
          `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd(),
        );
      }
    },
  };
}
