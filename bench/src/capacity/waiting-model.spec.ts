import { createReplicaQueues } from './replica-queues.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createWaitingHistogram } from './waiting-histogram.ts';
import { waitingOf } from './waiting-model.ts';

/** One core, to which pieces come at random, some of them in groups. */
function playQueue(meanMs: number, groupSize: number, utilization: number) {
  const random = createSeededRandom(5);
  const queue = createReplicaQueues(1);
  const histogram = createWaitingHistogram();
  const gapMs = (meanMs * groupSize) / utilization;
  let atMs = 0;
  for (let group = 0; group < 200_000 / groupSize; group += 1) {
    atMs += random.exponential(gapMs);
    for (let place = 0; place < groupSize; place += 1) {
      const { startedMs } = queue.compute(atMs, random.exponential(meanMs));
      histogram.note(startedMs - atMs);
    }
  }
  return histogram.quantiles();
}

describe.each([
  { utilization: 0.3, groupSize: 1 },
  { utilization: 0.5, groupSize: 1 },
  { utilization: 0.8, groupSize: 1 },
  { utilization: 0.3, groupSize: 8 },
  { utilization: 0.5, groupSize: 8 },
])('a core at $utilization with groups of $groupSize', ({ utilization, groupSize }) => {
  const meanMs = 2;
  const played = playQueue(meanMs, groupSize, utilization);
  const model = waitingOf({
    perSecond: (utilization / meanMs) * 1000,
    meanMs,
    meanSquareMs2: 2 * meanMs ** 2,
    companions: groupSize - 1,
  });

  it.each(['p95Ms', 'p99Ms'] as const)('has pieces wait as the formula says: %s', (quantile) => {
    expect(played[quantile] / model[quantile]).toBeGreaterThan(0.7);
    expect(played[quantile] / model[quantile]).toBeLessThan(1.4);
  });
});

it('nobody waits where nothing comes together', () => {
  const idle = waitingOf({ perSecond: 1, meanMs: 1, meanSquareMs2: 1, companions: 0 });
  expect(idle).toEqual({ p95Ms: 0, p99Ms: 0 });
});
