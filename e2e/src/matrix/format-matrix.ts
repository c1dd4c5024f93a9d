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

/** The table that people read. A cell in which no test ran is no success. */
export function formatMatrix(rows: readonly MatrixRow[]): string {
  const names = rows[0]?.cells.map(({ name }) => name) ?? [];
  const lines = [
    ['Nx', ...names, 'seconds'],
    ...rows.map(({ nxVersion, cells, durationMs }) => [
      nxVersion,
      ...cells.map(({ passed, failed }) => {
        if (failed > 0) return `${failed} FAILED`;
        return passed > 0 ? `ok (${passed})` : 'NOT RUN';
      }),
      String(Math.round(durationMs / 1000)),
    ]),
  ];
  return lines.map((line) => line.map((cell) => cell.padEnd(COLUMN_WIDTH)).join('')).join('\n');
}
