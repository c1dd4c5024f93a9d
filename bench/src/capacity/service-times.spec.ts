import { someCosts } from './capacity.fixture.ts';
import { CLUSTER_COSTS } from './cluster-costs.ts';
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
  const replica = timesOfReplica(someCosts, CLUSTER_COSTS);
  const { requestCpuMs, downloadCpuMsPerMb, uploadCpuMsPerMb } = CLUSTER_COSTS.bucket;
  expect(replica.downloadCpuMs(2_000_000)).toBeCloseTo(
    one.downloadCpuMs(2_000_000) + requestCpuMs + 2 * downloadCpuMsPerMb,
  );
  expect(replica.uploadCpuMs(20_000_000)).toBeCloseTo(
    one.uploadCpuMs(20_000_000) + 5 * requestCpuMs + 20 * uploadCpuMsPerMb,
  );
});

it('an artifact is one request, or its parts with a begin and an end', () => {
  expect([8, 9, 16, 17].map((size) => partRequestsOf(size, 8))).toEqual([1, 4, 4, 5]);
});
