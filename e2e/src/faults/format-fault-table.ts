import { type Cell } from './judge-cell.ts';
import { formatSetup, type Setup } from './setup.ts';

const HEAD = ['fault', 'Nx', 'exit', 'outputs', 'added', 'warning', 'result'];

/** The table that people read, one line for each fault and version of Nx. */
export function formatFaultTable(rows: readonly (Cell | SkippedCell)[]): string {
  const lines = [HEAD, ...rows.map(lineOf)];
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) => line.map((text, column) => text.padEnd((widths[column] ?? 0) + 2)).join(''))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A fault that cannot be brought about. */
export interface SkippedCell {
  readonly fault: string;
  readonly setup: Setup;
  readonly whyNot: string;
}

function lineOf(row: Cell | SkippedCell): string[] {
  if ('whyNot' in row) return [row.fault, formatSetup(row.setup), '–', '–', '–', '–', row.whyNot];
  const { fault, setup, exitCodes, areOutputsRight, addedMs, warnings, problems } = row;
  return [
    fault,
    formatSetup(setup),
    [...new Set(exitCodes)].join(' '),
    areOutputsRight ? 'right' : 'WRONG',
    `${addedMs < 0 ? '−' : '+'}${(Math.abs(addedMs) / 1000).toFixed(1)} s`,
    warnings.map((code) => code.replace('LARDER_', '')).join(' ') || 'none',
    problems.length === 0 ? 'ok' : 'FAILED',
  ];
}
