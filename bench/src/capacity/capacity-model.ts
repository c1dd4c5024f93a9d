import { expectedOverSizes } from './artifact-sizes.ts';
import { type CapacityAssumptions, type Population } from './assumptions.ts';
import { downloadJobMs, lookupJobMs, piecesOf, uploadJobMs } from './cpu-jobs.ts';
import { type ServiceTimes } from './service-times.ts';
import { addTraffic, findPeak, type Traffic, trafficByHour } from './traffic.ts';
import { type Waiting, waitingOf } from './waiting-model.ts';

/** Of a second in the busiest hour. */
export interface PeakRates {
  readonly hour: number;
  readonly requests: number;
  readonly lookups: number;
  readonly downloadMb: number;
  readonly uploadMb: number;
  readonly inserts: number;
  readonly reads: number;
}

export interface CapacityPlan {
  readonly developers: number;
  readonly day: Traffic;
  readonly peak: PeakRates;
  /** CPU seconds of the server in a second of the busiest hour. */
  readonly cores: number;
  readonly replicas: number;
  /** Of a replica's one core in the busiest hour. */
  readonly utilization: number;
  readonly utilizationWithoutOne: number;
  /** While all replicas are there. */
  readonly waiting: Waiting;
  readonly storedBytes: number;
  readonly storedArtifacts: number;
}

/** A stop for an upgrade must leave two, so that one may still be lost. */
const LEAST_REPLICAS = 3;

const SECONDS_PER_HOUR = 3_600;
const BYTES_PER_MB = 1_000_000;

/**
 * What so many developers and their CI need. Everything is a mean: what chance adds is in the headroom
 * and in the waiting, and the simulation looks whether that is true.
 *
 * @param replicas - How many there are; as many as are needed when it is left out.
 */
export function planCapacity(
  developers: number,
  assumptions: CapacityAssumptions,
  times: ServiceTimes,
  replicas?: number,
): CapacityPlan {
  const hours = trafficByHour(developers, assumptions);
  const day = addTraffic(hours);
  const { hour, traffic } = findPeak(hours);
  const rates = ratesOf(traffic, assumptions);
  const jobs = jobsOf(traffic, assumptions, times);
  const cores = (jobs.perSecond * jobs.meanMs) / 1000;
  const count = replicas ?? replicasFor(cores, assumptions.targetUtilization);
  const companions = companionsOf(traffic, assumptions, jobs.lookupShare) / count;
  return {
    developers,
    day,
    peak: { hour, ...rates },
    cores,
    replicas: count,
    utilization: cores / count,
    utilizationWithoutOne: count > 1 ? cores / (count - 1) : Infinity,
    waiting: waitingOf({ ...jobs, perSecond: jobs.perSecond / count, companions }),
    storedBytes: storedOf(day, assumptions) * assumptions.artifacts.meanBytes,
    storedArtifacts: storedOf(day, assumptions),
  };
}

/** So many that the others carry the peak hour with room to spare when one of them is away. */
function replicasFor(cores: number, targetUtilization: number): number {
  return Math.max(LEAST_REPLICAS, Math.ceil(cores / targetUtilization) + 1);
}

/** How many developers a number of replicas carries, none of them to spare. */
export function developersCarried(
  assumptions: CapacityAssumptions,
  times: ServiceTimes,
  replicas: number,
): number {
  const thousand = 1_000;
  const { cores } = planCapacity(thousand, assumptions, times, replicas);
  return (thousand * assumptions.targetUtilization * replicas) / cores;
}

function ratesOf(
  { requests, lookups, hits, uploads, reads }: Traffic,
  { artifacts }: CapacityAssumptions,
): Omit<PeakRates, 'hour'> {
  const perSecond = (count: number) => count / SECONDS_PER_HOUR;
  const megabytes = (count: number) => (perSecond(count) * artifacts.meanBytes) / BYTES_PER_MB;
  return {
    requests: perSecond(requests),
    lookups: perSecond(lookups),
    downloadMb: megabytes(hits),
    uploadMb: megabytes(uploads),
    inserts: perSecond(uploads),
    reads: perSecond(reads),
  };
}

/** All pieces of CPU time of an hour. */
function jobsOf(traffic: Traffic, { artifacts }: CapacityAssumptions, times: ServiceTimes) {
  const { requests, hits, uploads, reads } = traffic;
  // The piece that looks something up is that of any request, with the mean number of reads.
  const lookup = lookupJobMs(times, reads / requests);
  const insert = times.statementCpuMs;
  const bodies = (jobMs: (times: ServiceTimes, sizeBytes: number) => number) => ({
    pieces: expectedOverSizes(artifacts, piecesOf),
    sumMs: expectedOverSizes(artifacts, (size) => piecesOf(size) * jobMs(times, size)),
    sumMs2: expectedOverSizes(artifacts, (size) => piecesOf(size) * jobMs(times, size) ** 2),
  });
  const download = bodies(downloadJobMs);
  const upload = bodies(uploadJobMs);
  const count = requests + hits * download.pieces + uploads * (upload.pieces + 1);
  const sumMs = requests * lookup + hits * download.sumMs + uploads * (upload.sumMs + insert);
  const sumMs2 =
    requests * lookup ** 2 + hits * download.sumMs2 + uploads * (upload.sumMs2 + insert ** 2);
  return {
    perSecond: count / SECONDS_PER_HOUR,
    meanMs: sumMs / count,
    meanSquareMs2: sumMs2 / count,
    lookupShare: traffic.lookups / count,
  };
}

/**
 * How many others a piece arrives together with: the first lookups of a command are sent at once, as
 * many as may be under way, and everything that follows comes one by one.
 */
function companionsOf(
  { commands, lookups }: Traffic,
  { lookupConcurrency, people, ci }: CapacityAssumptions,
  lookupShare: number,
): number {
  const groupOf = ({ tasksPerCommand }: Population) => {
    // Numbers of tasks are spread geometrically; of those beyond the limit the limit counts.
    const goesOn = 1 - 1 / tasksPerCommand;
    let pairs = 0;
    for (let place = 1; place < lookupConcurrency; place += 1) pairs += place * goesOn ** place;
    return 2 * pairs;
  };
  // Ordered pairs of lookups of a command that come together, for each lookup.
  const perDay = people.commandsPerDay + ci.commandsPerDay;
  const pairs =
    (groupOf(people) * people.commandsPerDay + groupOf(ci) * ci.commandsPerDay) / perDay;
  return (pairs * commands * lookupShare) / lookups;
}

function storedOf({ uploads }: Traffic, assumptions: CapacityAssumptions): number {
  const workdays = (assumptions.retentionDays * assumptions.workdaysPerMonth) / 30;
  return uploads * workdays;
}
