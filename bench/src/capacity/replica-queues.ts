import { type SeededRandom } from './seeded-random.ts';

/** A replica: one core that takes one piece after the other, and its connections to the database. */
export interface ReplicaQueues {
  /** Has a piece of work done that arrives now; both in milliseconds on the clock of the simulation. */
  compute(arrivedMs: number, serviceMs: number): { startedMs: number; endedMs: number };
  /** Has a statement, or several in a row, run once a connection is free; returns when it ends. */
  query(arrivedMs: number, serviceMs: number): number;
}

export function createReplicaQueues(connections: number): ReplicaQueues {
  let coreFreeMs = 0;
  const freeMs = new Float64Array(connections);
  return {
    compute(arrivedMs, serviceMs) {
      const startedMs = Math.max(arrivedMs, coreFreeMs);
      coreFreeMs = startedMs + serviceMs;
      return { startedMs, endedMs: coreFreeMs };
    },
    query(arrivedMs, serviceMs) {
      if (serviceMs === 0) return arrivedMs;
      let earliest = 0;
      for (let index = 1; index < connections; index += 1) {
        if ((freeMs[index] ?? 0) < (freeMs[earliest] ?? 0)) earliest = index;
      }
      const startedMs = Math.max(arrivedMs, freeMs[earliest] ?? 0);
      freeMs[earliest] = startedMs + serviceMs;
      return startedMs + serviceMs;
    },
  };
}

/** Times of networks and disks: never less than half of the mean, sometimes much more. */
export function spread(random: SeededRandom, meanMs: number): number {
  return meanMs === 0 ? 0 : meanMs / 2 + random.exponential(meanMs / 2);
}
