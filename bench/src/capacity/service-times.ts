import { type CapacityAssumptions } from './assumptions.ts';

/** CPU time of a request by the size of its artifact, in ascending order. */
export type SizeCurve = readonly { readonly sizeBytes: number; readonly cpuMs: number }[];

/** CPU time that the server takes with everything in its data folder. */
export interface MeasuredCosts {
  /** A request that carries no artifact. */
  readonly requestCpuMs: number;
  readonly download: SizeCurve;
  readonly upload: SizeCurve;
  readonly rssMb: number;
}

/** What PostgreSQL and S3 add to what a server takes with a data folder, without the network between. */
export interface ClusterCosts {
  readonly database: {
    /** What a replica waits for, when nothing else is done. */
    readonly readMs: number;
    readonly writeMs: number;
    /** CPU of the replica for one statement. */
    readonly replicaCpuMs: number;
    /** CPU of PostgreSQL. */
    readonly readCpuMs: number;
    readonly writeCpuMs: number;
    /** What a row of the index takes, with its part of the indexes over it. */
    readonly rowBytes: number;
  };
  /** CPU of the replica for one request, and for each MB of its body. */
  readonly bucket: {
    readonly downloadCpuMs: number;
    readonly downloadCpuMsPerMb: number;
    readonly uploadCpuMs: number;
    readonly uploadCpuMsPerMb: number;
  };
}

/** What requests take a server, wherever it keeps its artifacts. */
export interface ServiceTimes {
  readonly requestCpuMs: number;
  /** Of a whole download or upload, the request itself included. */
  readonly downloadCpuMs: (sizeBytes: number) => number;
  readonly uploadCpuMs: (sizeBytes: number) => number;
  /** CPU of a replica for one statement; 0 where the index is part of the process. */
  readonly statementCpuMs: number;
  readonly readMs: number;
  readonly writeMs: number;
  /** Statements that a replica can have under way. */
  readonly connections: number;
  readonly firstByteMs: number;
  readonly storedMs: number;
  readonly rssMb: number;
}

const BYTES_PER_MB = 1_000_000;

/** `databaseMaxConnections` by default. */
const CONNECTIONS = 10;

/** An artifact beyond it is sent to the bucket in parts of this size. */
const PART_BYTES = 5 * 1024 ** 2;

/** Most that a replica takes, at eight uploads of 100 MB at once; `npm run e2e:cluster` watches over it. */
const MOST_RSS_MB = 220;

/** A server with its data folder: what was measured has the index and the disk in it. */
export function timesOfOneMachine(measured: MeasuredCosts): ServiceTimes {
  return {
    requestCpuMs: measured.requestCpuMs,
    downloadCpuMs: (sizeBytes) => cpuMsAt(measured.download, sizeBytes),
    uploadCpuMs: (sizeBytes) => cpuMsAt(measured.upload, sizeBytes),
    statementCpuMs: 0,
    readMs: 0,
    writeMs: 0,
    connections: 1,
    firstByteMs: 0,
    storedMs: 0,
    rssMb: measured.rssMb,
  };
}

/**
 * A replica with a bucket and a database: what they cost comes on top of what the server takes with its
 * own disk, of which a part is not done then. So it is rather too much.
 */
export function timesOfReplica(
  measured: MeasuredCosts,
  { database, bucket }: ClusterCosts,
  { engines }: CapacityAssumptions,
): ServiceTimes {
  const oneMachine = timesOfOneMachine(measured);
  return {
    requestCpuMs: measured.requestCpuMs,
    downloadCpuMs: (sizeBytes) =>
      oneMachine.downloadCpuMs(sizeBytes) +
      bucket.downloadCpuMs +
      (bucket.downloadCpuMsPerMb * sizeBytes) / BYTES_PER_MB,
    uploadCpuMs: (sizeBytes) =>
      oneMachine.uploadCpuMs(sizeBytes) +
      bucket.uploadCpuMs * partRequestsOf(sizeBytes) +
      (bucket.uploadCpuMsPerMb * sizeBytes) / BYTES_PER_MB,
    statementCpuMs: database.replicaCpuMs,
    readMs: database.readMs + engines.databaseNetworkMs,
    writeMs: database.writeMs + engines.databaseNetworkMs,
    connections: CONNECTIONS,
    firstByteMs: engines.bucketFirstByteMs,
    storedMs: engines.bucketStoredMs,
    rssMb: MOST_RSS_MB,
  };
}

/** Requests to the bucket that store an artifact: in parts, with one that begins and one that ends. */
export function partRequestsOf(sizeBytes: number): number {
  return sizeBytes <= PART_BYTES ? 1 : Math.ceil(sizeBytes / PART_BYTES) + 2;
}

/** Straight lines between what was measured, and on as the last one goes. */
export function cpuMsAt(curve: SizeCurve, sizeBytes: number): number {
  const [first, ...others] = curve;
  if (first === undefined) throw new Error('A curve needs points.');
  if (sizeBytes <= first.sizeBytes) return first.cpuMs;
  let from = first;
  for (const [index, to] of others.entries()) {
    if (sizeBytes <= to.sizeBytes || index === others.length - 1) {
      const share = (sizeBytes - from.sizeBytes) / (to.sizeBytes - from.sizeBytes);
      return from.cpuMs + share * (to.cpuMs - from.cpuMs);
    }
    from = to;
  }
  return from.cpuMs;
}
