/**
 * How long the pieces of requests wait for a core that is busy with others. Where some half of them do not
 * wait at all a median says nothing.
 */
export interface Waiting {
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export interface Queue {
  /** Pieces that arrive at one core in a second. */
  readonly perSecond: number;
  /** The mean of what they take, and of its square. */
  readonly meanMs: number;
  readonly meanSquareMs2: number;
  /** Others that arrive at the core at the same moment as a piece, on the average. */
  readonly companions: number;
}

/**
 * One core that takes pieces in the order in which they arrive, some of them in groups: the formula of
 * Pollaczek and Khinchine with what a group adds, and a tail that falls off exponentially.
 */
export function waitingOf({ perSecond, meanMs, meanSquareMs2, companions }: Queue): Waiting {
  const utilization = (perSecond * meanMs) / 1000;
  if (utilization >= 1) return { p95Ms: Infinity, p99Ms: Infinity };
  const residual = ((perSecond / 1000) * meanSquareMs2) / 2;
  const group = (companions * meanMs) / 2;
  const mean = (residual + group) / (1 - utilization);
  // Nobody waits who finds the core idle and comes first of a group.
  const waits = 1 - (1 - utilization) / (1 + companions / 2);
  const quantile = (share: number) => {
    const beyond = 1 - share;
    return beyond >= waits ? 0 : (mean / waits) * Math.log(waits / beyond);
  };
  return { p95Ms: quantile(0.95), p99Ms: quantile(0.99) };
}
