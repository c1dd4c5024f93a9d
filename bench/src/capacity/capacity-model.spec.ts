import { type CapacityAssumptions } from './assumptions.ts';
import { onlyCpu, plainAssumptions, someClusterCosts, someCosts } from './capacity.fixture.ts';
import { type CapacityPlan, developersCarried, planCapacity } from './capacity-model.ts';
import { planCluster } from './cluster-plan.ts';
import { timesOfReplica } from './service-times.ts';

const replica = timesOfReplica(someCosts, someClusterCosts, plainAssumptions);

describe('the plan for 360 developers whose day is one hour', () => {
  const { people, ci } = plainAssumptions;
  const plan = planCapacity(360, plainAssumptions, onlyCpu);

  it('has the requests of their commands', () => {
    // 10 commands of 10 lookups, and 5 of 20, each with a status and a report.
    const lookups = 360 * (100 + 100);
    const hits = 360 * 100 * (people.hitRate + ci.hitRate);
    const uploads = 360 * 100 * (1 - ci.hitRate) * ci.uploadShare;
    expect(plan.day).toMatchObject({
      commands: 360 * 15,
      lookups,
      hits: expect.closeTo(hits) as number,
      uploads: expect.closeTo(uploads) as number,
      requests: expect.closeTo(lookups + uploads + 360 * 15 * 2) as number,
    });
    expect(plan.peak).toMatchObject({
      hour: 9,
      requests: expect.closeTo(plan.day.requests / 3600) as number,
      downloadMb: expect.closeTo(hits / 3600) as number,
      uploadMb: expect.closeTo(uploads / 3600) as number,
      inserts: expect.closeTo(uploads / 3600) as number,
    });
  });

  it('reads a token for each request, and a second scope for a share of the lookups of CI', () => {
    const { isolatedShare } = plainAssumptions;
    const { uploads } = plan.day;
    const reads = 360 * 100 * 2 + (360 * 100 + uploads) * (2 + isolatedShare) + 360 * 15 * 2;
    expect(plan.day.reads).toBeCloseTo(reads);
  });

  it('adds up the time of the core', () => {
    const { requests, hits, uploads } = plan.day;
    expect(plan.cores).toBeCloseTo((requests + hits + uploads) / 3600 / 1000);
  });

  it('keeps what is stored on the days with work', () => {
    const { retentionDays, workdaysPerMonth } = plainAssumptions;
    const artifacts = (plan.day.uploads * retentionDays * workdaysPerMonth) / 30;
    expect(plan.storedArtifacts).toBeCloseTo(artifacts);
    expect(plan.storedBytes).toBeCloseTo(artifacts * 1_000_000);
  });
});

describe('replicas', () => {
  it('are three at least', () => {
    expect(planCapacity(10, plainAssumptions, replica).replicas).toBe(3);
  });

  it.each([5_000, 20_000, 70_000])('of %d developers carry them when one is away', (developers) => {
    const plan = planCapacity(developers, plainAssumptions, replica);
    const { targetUtilization } = plainAssumptions;
    expect(plan.utilizationWithoutOne).toBeLessThanOrEqual(targetUtilization);
    // And not many more than that.
    const fewer = planCapacity(developers, plainAssumptions, replica, plan.replicas - 1);
    if (plan.replicas > 3) {
      expect(fewer.utilizationWithoutOne).toBeGreaterThan(targetUtilization);
    }
  });

  it('carry as many developers as make their cores as busy as they may be', () => {
    const developers = developersCarried(plainAssumptions, replica, 4);
    const plan = planCapacity(developers, plainAssumptions, replica, 4);
    expect(plan.utilization).toBeCloseTo(plainAssumptions.targetUtilization);
  });

  it('that are too few wait without end', () => {
    const { waiting } = planCapacity(1_000_000, plainAssumptions, replica, 1);
    expect(waiting.p95Ms).toBe(Infinity);
  });
});

describe('the cluster', () => {
  const plan = planCapacity(10_000, plainAssumptions, replica);
  const clusterOf = (planned: CapacityPlan, assumptions: CapacityAssumptions) =>
    planCluster(planned, assumptions, someClusterCosts, replica);

  it('opens the connections of all replicas, of which few are busy', () => {
    const { connections, busyConnections } = clusterOf(plan, plainAssumptions);
    expect(connections).toBe(plan.replicas * 10);
    // With half a millisecond on the way.
    expect(busyConnections).toBeCloseTo((plan.peak.reads * 1 + plan.peak.inserts * 4) / 1000);
    expect(busyConnections).toBeLessThan(connections);
  });

  it('pays for parts of what is large', () => {
    const artifacts = { medianBytes: 20_000_000, meanBytes: 20_000_000 };
    const large = { ...plainAssumptions, artifacts };
    const { putsPerDay } = clusterOf(planCapacity(10_000, large, replica), large);
    // Four parts of 5 MiB, the begin and the end.
    expect(putsPerDay).toBeCloseTo(plan.day.uploads * 6);
    const { dollarsPerMonth, getsPerDay } = clusterOf(plan, plainAssumptions);
    const { prices, workdaysPerMonth } = plainAssumptions;
    expect(dollarsPerMonth.gets).toBeCloseTo(
      (getsPerDay / 1000) * prices.perThousandGets * workdaysPerMonth,
    );
  });
});
