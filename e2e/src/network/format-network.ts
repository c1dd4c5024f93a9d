import { median } from '../faults/median.ts';
import { type ColdBuild } from './cold-build.ts';
import { type Pair } from './measure-version.ts';

export interface NetworkRow {
  readonly nxVersion: string;
  readonly pairs: readonly Pair[];
}

const COLUMN_WIDTH = 16;

/** How much longer the tasks take with the server at the end of a network: 1 is not at all. */
export function ratioOf({ pairs }: NetworkRow): number {
  return medianOf(pairs, 'network') / medianOf(pairs, 'loopback');
}

/** The table that people read. */
export function formatNetwork(rows: readonly NetworkRow[]): string {
  const lines = [
    ['Nx', 'pairs', 'network', 'loopback', 'ratio', 'ratios of pairs'],
    ...rows.map((row) => [
      row.nxVersion,
      String(row.pairs.length),
      seconds(medianOf(row.pairs, 'network')),
      seconds(medianOf(row.pairs, 'loopback')),
      ratioOf(row).toFixed(3),
      spread(row.pairs),
    ]),
  ];
  return lines
    .map((line) =>
      line
        .map((cell) => cell.padEnd(COLUMN_WIDTH))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

export function formatPair({ network, loopback }: Pair): string {
  return `  ${describe('network', network)}, ${describe('loopback', loopback)}`;
}

function describe(name: string, { taskPhaseMs, commandMs }: ColdBuild): string {
  return `${name} ${seconds(taskPhaseMs)} (command ${seconds(commandMs)})`;
}

function medianOf(pairs: readonly Pair[], side: keyof Pair): number {
  return median(pairs.map((pair) => pair[side].taskPhaseMs));
}

function spread(pairs: readonly Pair[]): string {
  const ratios = pairs.map(({ network, loopback }) => network.taskPhaseMs / loopback.taskPhaseMs);
  return `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}
