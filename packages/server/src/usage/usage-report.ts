import type { SizeLimits } from '../eviction/find-excess.ts';
import type { ArtifactIndex, StoredAmount } from '../storage/artifact-index.ts';
import type { UsageStore } from '../storage/usage-store.ts';
import { toFigures, type UsageFigures } from './usage-figures.ts';
import { addUsage, noUsage } from './usage-numbers.ts';
import { periodOf, type UsageRange } from './usage-ranges.ts';

/** What is stored now. */
export interface StorageFigures extends StoredAmount {
  /** What may be stored; null: no limit. */
  limitBytes: number | null;
}

export interface TeamFigures extends UsageFigures {
  team: string;
  storage: StorageFigures;
}

/** What happened in a range of time, as the server's own API tells it. */
export interface UsageReport {
  range: UsageRange;
  /** Milliseconds since 1970. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  bucketMs: number;
  /** The teams that it is about; null: all, with what belongs to none. */
  teams: readonly string[] | null;
  totals: UsageFigures;
  /** Every bucket of the range, the first one first. */
  series: (UsageFigures & { startMs: number })[];
  storage: StorageFigures;
  /** Those with the most lookups, when it is about all. */
  topTeams: TeamFigures[];
}

export interface UsageReportParts {
  usage: Pick<UsageStore, 'sum' | 'sumByTeam'>;
  index: Pick<ArtifactIndex, 'usage'>;
  limits: SizeLimits;
  nowMs: number;
}

const TOP_TEAMS = 10;

export async function createUsageReport(
  { range, teams }: { range: UsageRange; teams: readonly string[] | null },
  { usage, index, limits, nowMs }: UsageReportParts,
): Promise<UsageReport> {
  const period = periodOf(range, nowMs);
  const query = { ...period, teams: teams ?? undefined };
  const buckets = new Map(
    (await usage.sum(query, period.bucketMs)).map((bucket) => [bucket.startMs, bucket]),
  );
  const totals = noUsage();
  const series: UsageReport['series'] = [];
  for (let startMs = period.fromMs; startMs < period.toMs; startMs += period.bucketMs) {
    const numbers = buckets.get(startMs) ?? noUsage();
    addUsage(totals, numbers);
    series.push({ startMs, ...toFigures(numbers) });
  }
  const stored = await index.usage();
  const teamUsage = teams === null ? await usage.sumByTeam(query) : [];
  const topTeams = teamUsage
    .map(({ team, ...numbers }) => ({
      team,
      ...toFigures(numbers),
      storage: storageOf([team], stored, limits.maxTeamSizeBytes),
    }))
    .sort((one, other) => lookupsOf(other) - lookupsOf(one) || (one.team < other.team ? -1 : 1))
    .slice(0, TOP_TEAMS);
  return {
    range,
    ...period,
    teams,
    totals: toFigures(totals),
    series,
    storage:
      teams === null
        ? storageOf([...stored.keys()], stored, limits.maxStoreSizeBytes)
        : storageOf(teams, stored, limitOfTeams(teams, limits)),
    topTeams,
  };
}

const lookupsOf = ({ hits, misses }: UsageFigures): number => hits + misses;

/** Each of them has a limit of its own. */
function limitOfTeams(teams: readonly string[], { maxTeamSizeBytes }: SizeLimits): number | null {
  return maxTeamSizeBytes === null ? null : maxTeamSizeBytes * teams.length;
}

function storageOf(
  teams: readonly string[],
  stored: ReadonlyMap<string, StoredAmount>,
  limitBytes: number | null,
): StorageFigures {
  const figures: StorageFigures = { artifacts: 0, storedBytes: 0, limitBytes };
  for (const team of teams) {
    const amount = stored.get(team);
    figures.artifacts += amount?.artifacts ?? 0;
    figures.storedBytes += amount?.storedBytes ?? 0;
  }
  return figures;
}
