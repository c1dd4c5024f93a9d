import { type CapacityPlan } from './capacity-model.ts';
import { type SimulatedLoad } from './load-meter.ts';

/** A figure of the model beside what the simulation saw. */
export interface Comparison {
  readonly what: string;
  readonly unit: string;
  readonly model: number;
  readonly simulated: number;
  readonly holds: boolean;
}

/** By how much chance may have a rate differ from its mean, and bytes, of which few artifacts are most. */
export const RATE_MARGIN = 0.05;
export const BYTES_MARGIN = 0.2;

/**
 * Waiting is told to a factor only: the model does not know that the pieces of a large artifact come to
 * the same replica one after the other. What is shorter than this matters to nobody.
 */
export const WAITING_FACTOR = 3;
export const NO_WAIT_MS = 1;

/** Whether the model's figures of the busiest hour are what happens when a day is played. */
export function compareLoad(
  { peak, utilization, waiting }: CapacityPlan,
  simulated: SimulatedLoad,
): Comparison[] {
  const rate = (what: string, unit: string, model: number, seen: number, margin: number) => ({
    what,
    unit,
    model,
    simulated: seen,
    holds: Math.abs(seen / model - 1) <= margin,
  });
  const wait = (what: string, model: number, seen: number) => ({
    what,
    unit: 'ms',
    model,
    simulated: seen,
    holds:
      Math.max(model, seen) <= NO_WAIT_MS ||
      (seen <= model * WAITING_FACTOR && model <= seen * WAITING_FACTOR),
  });
  return [
    rate('requests a second', '', peak.requests, simulated.requestsPerSecond, RATE_MARGIN),
    rate('MB a second down', 'MB', peak.downloadMb, simulated.downloadMbPerSecond, BYTES_MARGIN),
    rate('MB a second up', 'MB', peak.uploadMb, simulated.uploadMbPerSecond, BYTES_MARGIN),
    rate('inserts a second', '', peak.inserts, simulated.insertsPerSecond, RATE_MARGIN),
    rate("a core's utilization", '', utilization, simulated.utilization, BYTES_MARGIN),
    wait('waiting for a core, p95', waiting.p95Ms, simulated.waiting.p95Ms),
    wait('waiting for a core, p99', waiting.p99Ms, simulated.waiting.p99Ms),
  ];
}
