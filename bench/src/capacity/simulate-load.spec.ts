import { DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { type CapacityBasis, playDay } from './answer-capacity.ts';
import { onlyCpu, plainAssumptions, someCosts } from './capacity.fixture.ts';
import { planCapacity } from './capacity-model.ts';
import { CLUSTER_COSTS } from './cluster-costs.ts';
import { readKeptResults } from '../report/report-files.ts';
import { findMeasuredCosts } from './measured-costs.ts';
import { simulateLoad } from './simulate-load.ts';

const options = { developers: 200, replicas: 3, seed: 1, minutesPerHour: 60, watchedHour: 9 };

it('plays the same day for the same seed', () => {
  const play = (seed: number) => simulateLoad({ ...options, seed }, plainAssumptions, onlyCpu);
  expect(play(1)).toEqual(play(1));
  expect(play(1)).not.toEqual(play(2));
});

it('has the rates of the plan, and the same ones when an hour is played in fewer minutes', () => {
  const { peak } = planCapacity(2_000, plainAssumptions, onlyCpu);
  for (const minutesPerHour of [60, 12]) {
    const load = simulateLoad(
      { ...options, developers: 2_000, minutesPerHour },
      plainAssumptions,
      onlyCpu,
    );
    expect(load.requestsPerSecond / peak.requests).toBeCloseTo(1, 1);
    expect(load.downloadMbPerSecond / peak.downloadMb).toBeCloseTo(1, 1);
  }
});

it('has builds wait when a server is too few for them', () => {
  const few = simulateLoad(
    { ...options, developers: 4_000, replicas: 1 },
    plainAssumptions,
    onlyCpu,
  );
  const enough = simulateLoad({ ...options, developers: 4_000 }, plainAssumptions, onlyCpu);
  expect(few.waiting.p99Ms).toBeGreaterThan(3 * enough.waiting.p99Ms);
});

describe('the model and a day that is played agree', () => {
  it.each<[string, number, () => Promise<CapacityBasis>]>([
    ['as measured', 1_000, () => basisOf()],
    ['with costs that are made up', 3_000, () => basisOf({ measured: someCosts })],
    ['with artifacts that are all large', 1_000, () =>
      basisOf({
        assumptions: {
          ...DEFAULT_ASSUMPTIONS,
          artifacts: { medianBytes: 3_000_000, meanBytes: 4_000_000 },
        },
      })],
  ])('%s, for %d developers', async (_how, developers, basis) => {
    const { comparisons } = playDay(developers, await basis(), 1);
    expect(comparisons.filter(({ holds }) => !holds)).toEqual([]);
  });
});

async function basisOf(overrides: Partial<CapacityBasis> = {}): Promise<CapacityBasis> {
  return {
    assumptions: DEFAULT_ASSUMPTIONS,
    measured: findMeasuredCosts(await readKeptResults()),
    clusterCosts: CLUSTER_COSTS,
    ...overrides,
  };
}
