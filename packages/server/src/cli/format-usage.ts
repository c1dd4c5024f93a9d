import type { Latency, LookupCounts } from '../usage/usage-figures.ts';
import type { StorageFigures, TeamFigures, UsageReport } from '../usage/usage-report.ts';
import { formatTable } from './format-table.ts';

/** What a person sees of a report: the totals, and the teams when there are several. */
export function formatUsage({ range, teams, totals, storage, topTeams }: UsageReport): string {
  const { evicted, latency, byClient, requests, purged } = totals;
  const rows = [
    ['lookups', formatLookups(totals)],
    ['of CI', formatLookups(byClient.ci)],
    ['of people', formatLookups(byClient.people)],
    ['local hits', String(totals.localHits)],
    ['time saved', formatDuration(totals.savedMs)],
    ['served', formatBytes(totals.servedBytes)],
    ['stored', `${totals.stored.artifacts} artifacts, ${formatBytes(totals.stored.bytes)}`],
    ['duplicates', `${totals.duplicates.artifacts} artifacts`],
    [
      'evicted',
      evicted.youngestAgeMs === null
        ? '0 artifacts'
        : `${evicted.artifacts} artifacts, ${formatBytes(evicted.bytes)}, the youngest unused ` +
          `for ${formatDuration(evicted.youngestAgeMs)}`,
    ],
    ['purged', `${purged.artifacts} artifacts`],
    ['downloads', formatLatency(latency.get)],
    ['uploads', formatLatency(latency.put)],
    [
      'requests',
      `${requests.ok} ok, ${requests.refused} refused, ${requests.failed} failed, ` +
        `${requests.aborted} given up`,
    ],
    ['now', formatStorage(storage)],
  ];
  const whose = teams === null ? 'all teams' : `team ${JSON.stringify(teams.join(', '))}`;
  return `Last ${range}, ${whose}\n\n${toText(rows)}${formatTeams(topTeams)}`;
}

function toText(rows: readonly string[][]): string {
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', text = '']) => `  ${name.padEnd(width)}  ${text}\n`).join('');
}

function formatTeams(teams: readonly TeamFigures[]): string {
  if (teams.length < 2) return '';
  const rows = teams.map((figures) => [
    JSON.stringify(figures.team),
    formatLookups(figures),
    formatDuration(figures.savedMs),
    formatBytes(figures.servedBytes),
    formatBytes(figures.storage.storedBytes),
  ]);
  return `\n${formatTable(['team', 'lookups', 'saved', 'served', 'holds'], rows)}`;
}

function formatLookups({ hits, misses }: LookupCounts): string {
  const lookups = hits + misses;
  if (lookups === 0) return '0';
  return `${lookups}, ${hits} hits (${Math.floor((100 * hits) / lookups)} %)`;
}

function formatLatency({ count, p50Ms, p95Ms }: Latency): string {
  return count === 0 ? '0' : `${count}, half within ${p50Ms} ms, 95 % within ${p95Ms} ms`;
}

function formatStorage({ artifacts, storedBytes, limitBytes }: StorageFigures): string {
  const limit = limitBytes === null ? '' : ` of ${formatBytes(limitBytes)}`;
  return `${artifacts} artifacts, ${formatBytes(storedBytes)}${limit}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

function formatBytes(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  // What would be rounded to 1000.0 is one of the next unit.
  while (amount >= 999.95 && unit < BYTE_UNITS.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

const TIME_UNITS: readonly [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
];

function formatDuration(timeMs: number): string {
  const [unit, unitMs] = TIME_UNITS.find(([, each]) => timeMs >= each) ?? ['s', 1_000];
  return `${(timeMs / unitMs).toFixed(1)} ${unit}`;
}
