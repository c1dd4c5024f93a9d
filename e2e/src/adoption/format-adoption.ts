import { type Cell } from './cells.ts';
import { type StepResult, STEPS } from './steps.ts';

export interface CellResult {
  readonly cell: Cell;
  readonly steps: readonly StepResult[];
}

const HEADER = ['Nx', 'made by', ...STEPS, 'seconds'];

/** The table that people read. A dash is a step that was not taken. */
export function formatAdoption(results: readonly CellResult[]): string {
  const lines = [HEADER, ...results.map(cellsOf)];
  const widths = HEADER.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Whether all steps were taken and went well. */
export function isGreen({ steps }: CellResult): boolean {
  return steps.length === STEPS.length && steps.every(({ error }) => error === undefined);
}

function cellsOf({ cell, steps }: CellResult): string[] {
  const total = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return [
    cell.name,
    cell.origin,
    ...STEPS.map((name) => formatStep(steps.find(({ step }) => step === name))),
    seconds(total),
  ];
}

function formatStep(result: StepResult | undefined): string {
  if (result === undefined) return '–';
  return result.error === undefined ? `ok ${seconds(result.durationMs)}` : 'FAILED';
}

function seconds(durationMs: number): string {
  return String(Math.round(durationMs / 1000));
}
