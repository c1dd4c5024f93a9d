import { type Cost } from '../processes/cost.ts';

/** Part of Larder; each has a section in docs/performance.md. */
export type Area = 'archive' | 'client' | 'server' | 'nx' | 'start-up' | 'growth';

/** A measurement that answers one question about speed or size. */
export interface Bench {
  /** How it is called on the command line. */
  readonly name: string;
  readonly area: Area;
  /** Its heading in docs/performance.md, which no other bench has. */
  readonly title: string;
  /** One sentence. */
  readonly question: string;
  readonly run: (context: BenchContext) => Promise<BenchResult>;
}

export interface BenchContext {
  /** A folder for this run alone, which is removed afterwards. */
  readonly folder: string;
  /** Tells whoever is waiting what is done now. */
  readonly onProgress: (text: string) => void;
  /**
   * Measures subjects in turns (A B A B …), each round in another order, so that a machine that gets
   * slower or faster favours none. A first round warms everything up and does not count. Rounds that
   * other work on the machine disturbed are repeated.
   *
   * @throws MachineBusyError when the machine does not get quiet.
   */
  readonly inTurns: <K extends string>(
    subjects: Readonly<Record<K, () => Promise<Cost>>>,
    options: TurnsOptions,
  ) => Promise<Turns<K>>;
}

export interface TurnsOptions {
  /** Half of them may have to do where they take long; `--rounds` on the command line wins. */
  readonly rounds: number;
  /** Whether a first round goes uncounted; true by default. */
  readonly warmUp?: boolean;
  /** What a turn needs of memory that it does not have yet, such as for files that it writes. */
  readonly memoryBytes?: number;
}

/** The costs of each subject; those of one index were measured in the same round. */
export type Turns<K extends string> = Readonly<Record<K, readonly Cost[]>>;

export interface BenchResult {
  /** A line for each thing that was measured. */
  readonly measures: readonly Measure[];
  /** Drawn as lines in docs/performance.md; two subjects of a ratio are drawn as bars by themselves. */
  readonly growth?: readonly Growth[];
  /** What has to be known to read them: how it was measured, why a gate is missed. */
  readonly notes?: readonly string[];
  /** Versions of what it was measured against, by name. */
  readonly peers?: Readonly<Record<string, string>>;
}

/** How something grows with something else. */
export interface Growth {
  /** What grows, for example `CPU per task`. */
  readonly what: string;
  readonly unit: string;
  /** What it grows with, for example `tasks`. */
  readonly by: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly name: string;
  /** In ascending order of `at`. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** What must not be exceeded, and what should not. */
export interface Bounds {
  readonly gate?: number;
  readonly aim?: number;
}

/** The median of some rounds and, where there were several, the least and the greatest value. */
export interface Value {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
  readonly rounds: number;
}

/** One thing of one subject. */
export interface Figure extends Bounds {
  readonly kind: 'figure';
  readonly what: string;
  readonly value: Value;
  readonly unit: string;
}

/** One thing of two subjects: the ratio is that of each round, the first by the second. */
export interface Ratio extends Bounds {
  readonly kind: 'ratio';
  readonly what: string;
  readonly value: Value;
  /** What was measured of both. */
  readonly quantity: string;
  readonly unit: string;
  readonly subject: Side;
  readonly reference: Side;
}

export interface Side {
  readonly name: string;
  readonly value: Value;
}

export type Measure = Figure | Ratio;

export function missesGate({ value, gate }: Measure): boolean {
  return gate !== undefined && value.median > gate;
}

export function meetsAim({ value, aim }: Measure): boolean {
  return aim !== undefined && value.median <= aim;
}
