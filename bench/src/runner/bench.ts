/** A measurement that answers one question about speed or size. */
export interface Bench {
  /** How it is called on the command line. */
  readonly name: string;
  /** One sentence. */
  readonly question: string;
  readonly run: () => Promise<BenchResult>;
}

export interface BenchResult {
  /** A line for each thing that was measured. */
  readonly measures: readonly Measure[];
}

export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The value that must not be exceeded, where there is a promise. */
  readonly bound?: number;
}

export function isBroken({ value, bound }: Measure): boolean {
  return bound !== undefined && value > bound;
}
