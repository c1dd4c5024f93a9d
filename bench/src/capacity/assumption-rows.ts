import { type CapacityAssumptions, type Population } from './assumptions.ts';
import { formatBytes, formatShare } from './format-figures.ts';

export interface AssumptionRow {
  readonly what: string;
  readonly value: string;
  /** Where it comes from, or where one's own value is to be found. */
  readonly note: string;
}

/** Everything that the figures rest on and that is another thing in another company. */
export function describeAssumptions(assumptions: CapacityAssumptions): AssumptionRow[] {
  const { people, ci, artifacts, engines, prices } = assumptions;
  const both = (valueOf: (population: Population) => string | number) =>
    `${valueOf(people)}, ${valueOf(ci)}`;
  return [
    {
      what: 'developers who work on a busy day',
      value: formatShare(assumptions.activeShare),
      note: 'assumed',
    },
    {
      what: 'commands a day for each of them: their own, jobs of CI',
      value: both(({ commandsPerDay }) => commandsPerDay),
      note: 'assumed: three pushes with four jobs each; `larder-server usage` tells lookups of both',
    },
    {
      what: 'tasks of a command that are looked up remotely: people, CI',
      value: both(({ tasksPerCommand }) => tasksPerCommand),
      note: 'assumed; "0 of 3 tasks from the remote cache" at the end of a command tells yours',
    },
    {
      what: 'hit rate: people, CI',
      value: both(({ hitRate }) => formatShare(hitRate)),
      note: 'assumed; `larder-server usage` tells yours',
    },
    {
      what: 'misses that are stored: people, CI',
      value: both(({ uploadShare }) => formatShare(uploadShare)),
      note: 'people have tokens that read; the rest of CI are tasks that fail',
    },
    {
      what: 'a task: people, CI',
      value: both(({ taskDurationMs }) => `${taskDurationMs / 1000} s`),
      note: 'assumed; three at the same time, as Nx does by default',
    },
    {
      what: 'share of a day that falls into the busiest hour: people, CI',
      value: both((population) => formatShare(busiestShare(population))),
      note: 'assumed: one time zone, and CI at night as well',
    },
    {
      what: 'jobs of CI that look into a scope of their own first',
      value: formatShare(assumptions.isolatedShare),
      note: 'assumed: those of pull requests',
    },
    {
      what: 'an artifact: median, mean',
      value: `${formatBytes(artifacts.medianBytes)}, ${formatBytes(artifacts.meanBytes)}`,
      note: 'assumed, spread log-normally; `larder-server usage` tells your mean',
    },
    {
      what: 'lookups that a command has under way',
      value: String(assumptions.lookupConcurrency),
      note: '`lookupConcurrency` of the plugin',
    },
    {
      what: "a client's connection",
      value: `${assumptions.clientMbPerSecond} MB/s`,
      note: 'assumed',
    },
    {
      what: 'network to PostgreSQL, there and back',
      value: `${engines.databaseNetworkMs} ms`,
      note: 'assumed: the same data centre',
    },
    {
      what: 'a bucket: first byte of a download, end of an upload',
      value: `${engines.bucketFirstByteMs} ms, ${engines.bucketStoredMs} ms`,
      note: 'assumed; nobody waits for a core meanwhile',
    },
    {
      what: 'artifacts stay without use',
      value: `${assumptions.retentionDays} days`,
      note: '`maxAgeMs`',
    },
    {
      what: 'most that a core is busy, while one replica is away',
      value: formatShare(assumptions.targetUtilization),
      note: 'a choice: room for the busiest minutes',
    },
    {
      what: 'prices: 1,000 PUT, 1,000 GET, a GB for a month',
      value: `$${prices.perThousandPuts}, $${prices.perThousandGets}, $${prices.perGbMonth}`,
      note: 'of the order of list prices of S3 Standard; look yours up',
    },
  ];
}

function busiestShare({ activityByHour }: Population): number {
  return Math.max(...activityByHour) / activityByHour.reduce((sum, weight) => sum + weight, 0);
}
