import { expectedOverSizes } from './artifact-sizes.ts';
import { type CapacityAssumptions } from './assumptions.ts';
import { type CapacityPlan } from './capacity-model.ts';
import { type ClusterCosts, partRequestsOf, type ServiceTimes } from './service-times.ts';

/** What the database and the bucket behind the replicas have to do. */
export interface ClusterPlan {
  /** Connections that all replicas may open, and those that are busy in the peak hour on the average. */
  readonly connections: number;
  readonly busyConnections: number;
  /** Cores that PostgreSQL needs in the peak hour. */
  readonly databaseCores: number;
  /** Rows a second, at most, whose last use is noted in batches. */
  readonly touchedRows: number;
  readonly indexBytes: number;
  /** Requests to the bucket on a busy day. What is removed is removed with one request each. */
  readonly getsPerDay: number;
  readonly putsPerDay: number;
  /** In the peak hour, each way: what is downloaded comes in and goes out again, and so do uploads. */
  readonly networkMbPerReplica: number;
  readonly dollarsPerMonth: BucketCost;
}

export interface BucketCost {
  readonly gets: number;
  readonly puts: number;
  readonly storage: number;
}

const BYTES_PER_GB = 1_000_000_000;

export function planCluster(
  { day, peak, replicas, storedArtifacts, storedBytes }: CapacityPlan,
  { artifacts, prices, workdaysPerMonth }: CapacityAssumptions,
  { database }: ClusterCosts,
  times: ServiceTimes,
): ClusterPlan {
  const putsPerUpload = expectedOverSizes(artifacts, partRequestsOf);
  const getsPerDay = day.hits;
  const putsPerDay = day.uploads * putsPerUpload;
  const perMonth = (count: number, pricePerThousand: number) =>
    (count / 1000) * pricePerThousand * workdaysPerMonth;
  return {
    connections: replicas * times.connections,
    busyConnections: (peak.reads * times.readMs + peak.inserts * times.writeMs) / 1000,
    databaseCores: (peak.reads * database.readCpuMs + peak.inserts * database.writeCpuMs) / 1000,
    touchedRows: (peak.lookups * day.hits) / day.lookups,
    indexBytes: storedArtifacts * database.rowBytes,
    getsPerDay,
    putsPerDay,
    networkMbPerReplica: (peak.downloadMb + peak.uploadMb) / replicas,
    dollarsPerMonth: {
      gets: perMonth(getsPerDay, prices.perThousandGets),
      puts: perMonth(putsPerDay, prices.perThousandPuts),
      storage: (storedBytes / BYTES_PER_GB) * prices.perGbMonth,
    },
  };
}
