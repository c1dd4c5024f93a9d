import { median } from '../faults/median.ts';

/** One command of a round. */
export interface LoadedBuild {
  /** Null for a command that came to no end. */
  readonly seconds: number | null;
  readonly remoteHits: number;
  /** What is not as it has to be; empty when all is well. */
  readonly deviations: readonly string[];
  /** What the plugin complained about, which alone is no deviation. */
  readonly warnings: readonly string[];
  readonly hasFailed: boolean;
}

export interface LoadRow {
  readonly nxVersion: string;
  readonly rounds: readonly { readonly cold: LoadedBuild; readonly warm: LoadedBuild }[];
}

const HEADER = [
  'Nx version',
  'rounds',
  'failed commands',
  'with a warning',
  'remote hits, least',
  'most',
  'cold s, median',
  'worst',
  'warm s, median',
  'worst',
];

/** The table that people read. */
export function formatLoad(rows: readonly LoadRow[]): string {
  const lines = [HEADER, ...rows.map(cellsOf)];
  return lines
    .map((line) =>
      line.map((cell, column) => cell.padStart((HEADER[column]?.length ?? 0) + 3)).join(''),
    )
    .join('\n');
}

/** All commands of all rounds. */
export function commandsOf({ rounds }: LoadRow): LoadedBuild[] {
  return rounds.flatMap(({ cold, warm }) => [cold, warm]);
}

function cellsOf(row: LoadRow): string[] {
  const { nxVersion, rounds } = row;
  const commands = commandsOf(row);
  const hits = rounds.map(({ warm }) => warm.remoteHits);
  return [
    nxVersion,
    String(rounds.length),
    String(commands.filter(({ hasFailed }) => hasFailed).length),
    String(commands.filter(({ warnings }) => warnings.length > 0).length),
    String(Math.min(...hits)),
    String(Math.max(...hits)),
    ...secondsOf(rounds.map(({ cold }) => cold)),
    ...secondsOf(rounds.map(({ warm }) => warm)),
  ];
}

/** The median and the worst. */
function secondsOf(builds: readonly LoadedBuild[]): [string, string] {
  const seconds = builds.flatMap((build) => (build.seconds === null ? [] : [build.seconds]));
  if (seconds.length === 0) return ['–', '–'];
  return [median(seconds).toFixed(1), Math.max(...seconds).toFixed(1)];
}
