import { formatTable } from '../format-table.ts';
import type { InputDifference } from './input-difference.ts';

/** A line for each input. */
export function formatDifferences(differences: readonly InputDifference[]): string {
  return formatTable(differences.map(differenceRow), '  ');
}

function differenceRow({ change, what, before, after }: InputDifference): string[] {
  const values =
    before === null && after === null ? '' : ` (${before ?? 'none'} → ${after ?? 'none'})`;
  return [change, `${what}${values}`];
}
