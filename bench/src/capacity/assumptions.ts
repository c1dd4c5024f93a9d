/** What developers and CI are supposed to do; every figure can be replaced by one's own. */
export interface CapacityAssumptions {
  /** Share of the developers who work on a busy day. */
  readonly activeShare: number;
  readonly people: Population;
  /** CI is counted by the active developer whose pushes start it. */
  readonly ci: Population;
  /** Share of the CI jobs that look into a scope of their own first, as those of pull requests do. */
  readonly isolatedShare: number;
  readonly artifacts: ArtifactSizes;
  /** Lookups and downloads that a command has under way at the same time. */
  readonly lookupConcurrency: number;
  /** What a command's connection to the cache carries, in MB a second. */
  readonly clientMbPerSecond: number;
  /** From the last byte of an answer until the next lookup arrives. */
  readonly networkMs: number;
  readonly engines: EngineTimes;
  /** How long artifacts stay without use, in days with work and without. */
  readonly retentionDays: number;
  readonly workdaysPerMonth: number;
  /** Most that a replica's core may be busy in the peak hour while one replica is away. */
  readonly targetUtilization: number;
  /** List prices in US dollars. */
  readonly prices: Prices;
}

export interface Population {
  /** Of one active developer on a busy day: commands of Nx that look something up. */
  readonly commandsPerDay: number;
  /** Tasks of a command that are looked up remotely: what Nx has in its own cache is not. */
  readonly tasksPerCommand: number;
  /** Share of the lookups that find something. */
  readonly hitRate: number;
  /** Share of the misses that are stored afterwards: their tasks succeed, and the token may write. */
  readonly uploadShare: number;
  readonly taskDurationMs: number;
  /** Tasks of a command that run at the same time. */
  readonly parallelTasks: number;
  /** How much is done in each hour of the day, from 0 to 1 o'clock on; only the proportions count. */
  readonly activityByHour: readonly number[];
}

/** Sizes are spread log-normally: many small ones, and few that are most of the bytes. */
export interface ArtifactSizes {
  readonly medianBytes: number;
  readonly meanBytes: number;
}

/** What a replica waits for although nobody computes, in milliseconds. */
export interface EngineTimes {
  /** There and back, for each statement. */
  readonly databaseNetworkMs: number;
  /** Until the head of a download's answer is there. */
  readonly bucketFirstByteMs: number;
  /** From the last byte of an upload until the object is stored. */
  readonly bucketStoredMs: number;
}

export interface Prices {
  readonly perThousandPuts: number;
  readonly perThousandGets: number;
  readonly perGbMonth: number;
}

const NOBODY = [0, 0, 0, 0, 0, 0, 0, 0];

export const DEFAULT_ASSUMPTIONS: CapacityAssumptions = {
  activeShare: 0.85,
  people: {
    commandsPerDay: 15,
    tasksPerCommand: 20,
    hitRate: 0.6,
    uploadShare: 0,
    taskDurationMs: 8_000,
    parallelTasks: 3,
    activityByHour: [...NOBODY, 3, 8, 12, 11, 6, 10, 13, 12, 9, 5, 2, 1, 0, 0, 0, 0],
  },
  ci: {
    commandsPerDay: 12,
    tasksPerCommand: 60,
    hitRate: 0.85,
    uploadShare: 0.95,
    taskDurationMs: 12_000,
    parallelTasks: 3,
    activityByHour: [2, 2, 2, 2, 1, 1, 1, 1, 4, 9, 13, 12, 7, 11, 14, 13, 10, 6, 3, 2, 1, 1, 1, 1],
  },
  isolatedShare: 0.8,
  artifacts: { medianBytes: 20_000, meanBytes: 300_000 },
  lookupConcurrency: 32,
  clientMbPerSecond: 40,
  networkMs: 2,
  engines: { databaseNetworkMs: 0.5, bucketFirstByteMs: 30, bucketStoredMs: 60 },
  retentionDays: 14,
  workdaysPerMonth: 21,
  targetUtilization: 0.5,
  prices: { perThousandPuts: 0.005, perThousandGets: 0.0004, perGbMonth: 0.023 },
};

/** @throws Error that names what is no number of the wanted kind. */
export function checkAssumptions(assumptions: CapacityAssumptions): void {
  const { people, ci } = assumptions;
  const shares = {
    activeShare: assumptions.activeShare,
    isolatedShare: assumptions.isolatedShare,
    targetUtilization: assumptions.targetUtilization,
    'people.hitRate': people.hitRate,
    'people.uploadShare': people.uploadShare,
    'ci.hitRate': ci.hitRate,
    'ci.uploadShare': ci.uploadShare,
  };
  for (const [name, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1)) throw new Error(`${name} must be from 0 to 1.`);
  }
  for (const [name, { activityByHour, tasksPerCommand }] of Object.entries({ people, ci })) {
    const isDay = activityByHour.length === 24 && activityByHour.every((weight) => weight >= 0);
    if (!isDay || !activityByHour.some((weight) => weight > 0)) {
      throw new Error(`${name}.activityByHour must be 24 numbers from 0 up, not all 0.`);
    }
    if (!(tasksPerCommand >= 1)) throw new Error(`${name}.tasksPerCommand must be at least 1.`);
  }
  const { medianBytes, meanBytes } = assumptions.artifacts;
  if (!(medianBytes > 0 && meanBytes >= medianBytes)) {
    throw new Error(
      'artifacts.meanBytes must be at least artifacts.medianBytes, and both above 0.',
    );
  }
}
