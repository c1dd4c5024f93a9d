/** Lines up rows of text in columns two spaces apart; an empty table is an empty text. */
export function formatTable(header: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) return '';
  const lines = [header, ...rows];
  const widths = header.map((_name, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((text) => `${text.trimEnd()}\n`)
    .join('');
}
