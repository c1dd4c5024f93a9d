// What PostgreSQL and S3 add to a request. This is the one place for these figures: put measured ones in
// place of the assumed ones, say so in `source`, and run `npm run bench:capacity -- --write`.

export interface ClusterCosts {
  /** Where the figures come from, as a part of a sentence. */
  readonly source: string;
  readonly database: {
    /** From a replica's point of view, when nothing waits. */
    readonly readMs: number;
    readonly writeMs: number;
    /** CPU of the replica for one statement. */
    readonly replicaCpuMs: number;
    /** CPU of PostgreSQL. */
    readonly readCpuMs: number;
    readonly writeCpuMs: number;
    /** `databaseMaxConnections` of each replica. */
    readonly connections: number;
    /** What a row of the index takes, with its part of the indexes over it. */
    readonly rowBytes: number;
  };
  readonly bucket: {
    /** Until the head of a download's answer is there. */
    readonly firstByteMs: number;
    /** From the last byte of an upload until the object is stored. */
    readonly storedMs: number;
    /** CPU of the replica for one request, and for each MB of a download and an upload. */
    readonly requestCpuMs: number;
    readonly downloadCpuMsPerMb: number;
    readonly uploadCpuMsPerMb: number;
    /** An artifact beyond it is sent in parts of this size, each a request. */
    readonly partBytes: number;
  };
  /** Most that a replica takes, at eight uploads of 100 MB at once. */
  readonly replicaRssMb: number;
}

export const CLUSTER_COSTS: ClusterCosts = {
  source: 'assumed, not measured yet',
  database: {
    readMs: 1,
    writeMs: 4,
    replicaCpuMs: 0.15,
    readCpuMs: 0.08,
    writeCpuMs: 0.3,
    connections: 10,
    rowBytes: 1_500,
  },
  bucket: {
    firstByteMs: 30,
    storedMs: 60,
    requestCpuMs: 1,
    downloadCpuMsPerMb: 4,
    uploadCpuMsPerMb: 6,
    partBytes: 8 * 1024 ** 2,
  },
  replicaRssMb: 220,
};
