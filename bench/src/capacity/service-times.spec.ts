import { DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { someClusterCosts, someCosts } from './capacity.fixture.ts';
import { cpuMsAt, partRequestsOf, timesOfOneMachine, timesOfReplica } from './service-times.ts';

it('what lies between two sizes that were measured costs what lies between', () => {
  const curve = someCosts.download;
  expect(cpuMsAt(curve, 10)).toBe(0.2);
  expect(cpuMsAt(curve, 500_500)).toBeCloseTo(0.7);
  expect(cpuMsAt(curve, 1_000_000)).toBeCloseTo(1.2);
  expect(cpuMsAt(curve, 10_000_000)).toBeCloseTo(0.2 + 9_999 / 999);
});

it('a replica takes what one machine takes, and what bucket and database add', () => {
  const one = timesOfOneMachine(someCosts);
  const engines = { databaseNetworkMs: 1, bucketFirstByteMs: 10, bucketStoredMs: 20 };
  const assumptions = { ...DEFAULT_ASSUMPTIONS, engines };
  const replica = timesOfReplica(someCosts, someClusterCosts, assumptions);
  expect(replica.downloadCpuMs(2_000_000)).toBeCloseTo(one.downloadCpuMs(2_000_000) + 1 + 2 * 4);
  // Four parts, the begin and the end.
  expect(replica.uploadCpuMs(20_000_000)).toBeCloseTo(one.uploadCpuMs(20_000_000) + 6 * 2 + 20 * 6);
  expect(replica).toMatchObject({ readMs: 1.5, writeMs: 4.5, firstByteMs: 10, storedMs: 20 });
});

it('an artifact is one request, or its parts with a begin and an end', () => {
  const mebibytes = [5, 6, 10, 11].map((size) => size * 1024 ** 2);
  expect(mebibytes.map(partRequestsOf)).toEqual([1, 4, 4, 5]);
});
