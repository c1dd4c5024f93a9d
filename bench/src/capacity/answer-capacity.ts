import { type CapacityAssumptions } from './assumptions.ts';
import { developersCarried, planCapacity } from './capacity-model.ts';
import { type CapacityAnswer, type PlayedDay } from './capacity-tables.ts';
import { planCluster } from './cluster-plan.ts';
import { compareLoad } from './compare-load.ts';
import {
  type ClusterCosts,
  type MeasuredCosts,
  timesOfOneMachine,
  timesOfReplica,
} from './service-times.ts';
import { simulateLoad } from './simulate-load.ts';

/** What everything is worked out from. */
export interface CapacityBasis {
  readonly assumptions: CapacityAssumptions;
  readonly measured: MeasuredCosts;
  readonly clusterCosts: ClusterCosts;
}

export function answerCapacity(developers: number, basis: CapacityBasis): CapacityAnswer {
  const { assumptions, measured, clusterCosts } = basis;
  const times = timesOfReplica(measured, clusterCosts, assumptions);
  const oneMachine = timesOfOneMachine(measured);
  const plan = planCapacity(developers, assumptions, times);
  return {
    plan,
    cluster: planCluster(plan, assumptions, clusterCosts, times),
    oneMachine: {
      ...planCapacity(developers, assumptions, oneMachine, 1),
      carries: developersCarried(assumptions, oneMachine, 1),
    },
    rssMb: times.rssMb,
    meanBytes: assumptions.artifacts.meanBytes,
  };
}

/** Requests that are played at most unless somebody says otherwise, so that it takes half a minute. */
const MOST_REQUESTS = 12_000_000;

/** Plays a day with the replicas that the model asks for, and compares its busiest hour. */
export function playDay(
  developers: number,
  basis: CapacityBasis,
  { seed, mostRequests = MOST_REQUESTS }: { seed: number; mostRequests?: number },
): PlayedDay {
  const { assumptions, measured, clusterCosts } = basis;
  const times = timesOfReplica(measured, clusterCosts, assumptions);
  const plan = planCapacity(developers, assumptions, times);
  const { replicas } = plan;
  const minutes = Math.floor((60 * mostRequests) / plan.day.requests);
  const minutesPerHour = Math.max(1, Math.min(60, minutes));
  const simulated = simulateLoad(
    { developers, replicas, seed, minutesPerHour, watchedHour: plan.peak.hour },
    assumptions,
    times,
  );
  return { developers, replicas, comparisons: compareLoad(plan, simulated), simulated };
}
