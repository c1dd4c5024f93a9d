import { formatBytes } from '../../format/format-bytes.ts';
import { formatCount } from '../../format/format-count.ts';
import { formatDuration } from '../../format/format-duration.ts';
import { formatTable } from '../format-table.ts';
import type { Latency, LookupCounts, UsageAnswer, UsageRange } from './usage-answer.ts';

const rangeNames: Readonly<Record<UsageRange, string>> = {
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '1y': 'year',
};

/** The usage of a server for people. */
export function formatUsage(
  usage: UsageAnswer,
  { url, range }: { readonly url: string; readonly range: UsageRange },
): string {
  const { totals, storage } = usage;
  const { stored, evicted, byClient, latency } = totals;
  const limit = storage.limitBytes === null ? '' : ` of ${formatBytes(storage.limitBytes)}`;
  const rows = [
    ['Lookups', formatLookups(totals)],
    ['  of CI', formatLookups(byClient.ci)],
    ['  of people', formatLookups(byClient.people)],
    ['  not told', formatLookups(byClient.unknown)],
    ['Time saved', formatDuration(totals.savedMs)],
    ['Down', formatBytes(totals.servedBytes)],
    ['Up', `${formatBytes(stored.bytes)} in ${formatCount(stored.artifacts, 'artifact')}`],
    [
      'Stored now',
      `${formatBytes(storage.storedBytes)}${limit} in ${formatCount(storage.artifacts, 'artifact')}`,
    ],
    ['Evicted', formatEvicted(evicted)],
    ['Downloads', formatLatency(latency.get)],
    ['Uploads', formatLatency(latency.put)],
  ];
  return `${teamsOf(usage)}, the last ${rangeNames[range]}, ${url}\n\n${formatTable(rows)}`;
}

function teamsOf({ teams }: UsageAnswer): string {
  if (teams === null) return 'All teams';
  const names = teams.map((team) => (team === '' ? '(no team)' : team)).join(', ');
  return teams.length === 1 ? `Team ${names}` : `Teams ${names}`;
}

function formatLookups({ hits, misses }: LookupCounts): string {
  const lookups = hits + misses;
  if (lookups === 0) return 'none';
  return `${hits} of ${lookups} were hits (${((100 * hits) / lookups).toFixed(1)} %)`;
}

function formatEvicted({ artifacts, bytes, youngestAgeMs }: UsageAnswer['totals']['evicted']) {
  if (artifacts === 0) return 'nothing';
  const age =
    youngestAgeMs === null ? '' : `, as soon as ${formatDuration(youngestAgeMs)} after use`;
  return `${formatCount(artifacts, 'artifact')}, ${formatBytes(bytes)}${age}`;
}

function formatLatency({ count, p50Ms, p95Ms }: Latency): string {
  if (p50Ms === null || p95Ms === null) return 'none';
  return `${count}, half within ${formatDuration(p50Ms)}, 95 % within ${formatDuration(p95Ms)}`;
}
