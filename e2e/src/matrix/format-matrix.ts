/** What the tests of one kind came to on one version of Nx. */
export interface CellResult {
  /** The column. */
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
}

export interface MatrixRow {
  readonly nxVersion: string;
  readonly cells: readonly CellResult[];
  readonly durationMs: number;
}

const COLUMN_WIDTH = 14;

/**
 * The table that people read. A cell in which no test ran is no success; one that a version of Nx
 * does not have is a dash.
 */
export function formatMatrix(rows: readonly MatrixRow[]): string {
  const names = [...new Set(rows.flatMap(({ cells }) => cells.map(({ name }) => name)))];
  const lines = [
    ['Nx', ...names, 'seconds'],
    ...rows.map(({ nxVersion, cells, durationMs }) => [
      nxVersion,
      ...names.map((name) => formatCell(cells.find((cell) => cell.name === name))),
      String(Math.round(durationMs / 1000)),
    ]),
  ];
  return lines.map((line) => line.map((cell) => cell.padEnd(COLUMN_WIDTH)).join('')).join('\n');
}

function formatCell(cell: CellResult | undefined): string {
  if (cell === undefined) return '–';
  if (cell.failed > 0) return `${cell.failed} FAILED`;
  return cell.passed > 0 ? `ok (${cell.passed})` : 'NOT RUN';
}
