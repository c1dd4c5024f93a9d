import { DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { type CapacityBasis, playDay } from './answer-capacity.ts';
import { onlyCpu, plainAssumptions, slowCosts } from './capacity.fixture.ts';
import { planCapacity } from './capacity-model.ts';
import { readKeptResults } from '../report/report-files.ts';
import { findClusterCosts, findMeasuredCosts } from './measured-costs.ts';
import { simulateLoad } from './simulate-load.ts';

const options = { developers: 50, replicas: 3, seed: 1, minutesPerHour: 60, watchedHour: 9 };

it('plays the same day for the same seed', () => {
  const play = (seed: number) => simulateLoad({ ...options, seed }, plainAssumptions, onlyCpu);
  expect(play(1)).toEqual(play(1));
  expect(play(1)).not.toEqual(play(2));
});

it('has the rates of the plan, and the same ones when an hour is played in fewer minutes', () => {
  for (const minutesPerHour of [60, 12]) {
    // The same number of commands each time.
    const developers = 100 * (60 / minutesPerHour);
    const { peak } = planCapacity(developers, plainAssumptions, onlyCpu);
    const load = simulateLoad(
      { ...options, developers, minutesPerHour },
      plainAssumptions,
      onlyCpu,
    );
    expect(load.requestsPerSecond / peak.requests).toBeCloseTo(1, 1);
    expect(load.downloadMbPerSecond / peak.downloadMb).toBeCloseTo(1, 1);
  }
});

it('has builds wait when a server is too few for them', () => {
  const many = { ...options, developers: 6_000, minutesPerHour: 1 };
  const few = simulateLoad({ ...many, replicas: 1 }, plainAssumptions, onlyCpu);
  const enough = simulateLoad(many, plainAssumptions, onlyCpu);
  expect(few.waiting.p99Ms).toBeGreaterThan(3 * enough.waiting.p99Ms);
});

describe('the model and a day that is played agree', () => {
  it('in everything, as measured', async () => {
    const { comparisons } = playDay(1_000, await basisOf(), { seed: 1 });
    expect(comparisons.filter(({ holds }) => !holds)).toEqual([]);
  });

  // Where a piece takes as long as a round trip all of a command is one group, for which the model's
  // waiting is not meant.
  it('in rates and utilization, on machines that are far slower', async () => {
    const { comparisons } = playDay(1_000, await basisOf({ measured: slowCosts }), { seed: 1 });
    expect(comparisons.filter(({ holds, unit }) => !holds && unit !== 'ms')).toEqual([]);
  });
});

async function basisOf(overrides: Partial<CapacityBasis> = {}): Promise<CapacityBasis> {
  const results = await readKeptResults();
  return {
    assumptions: DEFAULT_ASSUMPTIONS,
    measured: findMeasuredCosts(results),
    clusterCosts: findClusterCosts(results),
    ...overrides,
  };
}
