/** A column of a table: its heading, its cells, and whether they are numbers. */
export interface Column<T> {
  readonly heading: string;
  readonly isNumber?: boolean;
  readonly cellOf: (row: T) => string;
}

/** A table without the columns that are empty in every row. */
export function formatTable<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const shown = columns.filter(({ cellOf }) => rows.some((row) => cellOf(row) !== ''));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(shown.map(({ heading }) => heading)),
    line(shown.map(({ isNumber = false }) => (isNumber ? '--:' : '---'))),
    ...rows.map((row) => line(shown.map(({ cellOf }) => cellOf(row)))),
  ].join('\n');
}

/** Plain text as Markdown that shows nothing but that text, in a table as well. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|]/g, '\\$&');
}

/** The anchor that code hosts give a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** `a, b and c`. */
export function formatList(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
