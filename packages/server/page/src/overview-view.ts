import { ApiError, type Api, type TroubleList, type UsageReport } from './api.ts';
import { DECIMAL_STEPS, DURATION_STEPS } from './axis-steps.ts';
import { createArtifactList } from './artifact-list.ts';
import { createChart } from './chart.ts';
import { createTable } from './data-table.ts';
import { element } from './element.ts';
import { formatBytes, formatCount, formatDuration, formatShare, formatTime } from './format.ts';
import { nameOf } from './frame.ts';
import { formatPlace, type Place } from './place.ts';
import { createTiles } from './tiles.ts';

type OverviewPlace = Extract<Place, { kind: 'overview' }>;

/** @param onTeams - Told the teams that the numbers name. */
export async function showOverview(
  api: Api,
  place: OverviewPlace,
  onTeams: (teams: readonly string[]) => void,
): Promise<HTMLElement> {
  const [usage, artifacts, trouble] = await Promise.all([
    api.usage(place),
    createArtifactList(api, place),
    troubleFor(api),
  ]);
  onTeams(usage.topTeams.map(({ team }) => team));
  const title = place.team === null ? 'Overview' : `Team ${nameOf(place.team)}`;
  return element(
    'div',
    {},
    element('h1', {}, title),
    createTiles(usage),
    element('div', { class: 'panels' }, createCharts(usage), createClients(usage)),
    element(
      'div',
      { class: 'stack' },
      usage.topTeams.length > 1 ? createTeams(usage, place) : null,
      artifacts,
      trouble === null ? null : createTrouble(trouble),
    ),
  );
}

/** Null for those who may not know. */
async function troubleFor(api: Api): Promise<TroubleList | null> {
  try {
    return await api.trouble();
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return null;
    throw error;
  }
}

function createCharts({ series, bucketMs }: UsageReport): HTMLElement[] {
  const shared = { buckets: series, bucketMs };
  return [
    createChart({
      ...shared,
      title: 'Lookups',
      format: formatCount,
      steps: DECIMAL_STEPS,
      series: [
        { name: 'Hits', class: 'is-hit', valueOf: ({ hits }) => hits },
        { name: 'Misses', class: 'is-miss', valueOf: ({ misses }) => misses },
      ],
    }),
    createChart({
      ...shared,
      title: 'Traffic',
      format: formatBytes,
      steps: DECIMAL_STEPS,
      series: [
        { name: 'Down', class: 'is-down', valueOf: ({ servedBytes }) => servedBytes },
        { name: 'Up', class: 'is-up', valueOf: ({ stored }) => stored.bytes },
      ],
    }),
    createChart({
      ...shared,
      title: 'Time saved',
      format: (value) => (value === 0 ? '0' : formatDuration(value)),
      steps: DURATION_STEPS,
      series: [{ name: 'Time saved', class: 'is-hit', valueOf: ({ savedMs }) => savedMs }],
    }),
  ];
}

const CLIENT_NAMES = { ci: 'CI', people: 'Laptops', unknown: 'Not told' } as const;

function createClients({ totals }: UsageReport): HTMLElement {
  const rows = (['ci', 'people', 'unknown'] as const).map((client) => ({
    name: CLIENT_NAMES[client],
    ...totals.byClient[client],
  }));
  return element(
    'section',
    { class: 'panel' },
    element('h2', {}, 'CI and laptops'),
    createTable(
      'Lookups by client',
      [
        { name: 'Client', cell: ({ name }) => name },
        { name: 'Hits', isNumber: true, cell: ({ hits }) => formatCount(hits) },
        { name: 'Misses', isNumber: true, cell: ({ misses }) => formatCount(misses) },
        { name: 'Hit rate', isNumber: true, cell: rateOf },
      ],
      rows.filter(({ hits, misses }) => hits + misses > 0),
    ),
    element(
      'p',
      { class: 'muted' },
      `Besides, ${formatCount(totals.localHits)} hits in the machines’ own caches, as far as they tell.`,
    ),
  );
}

function createTeams({ topTeams }: UsageReport, { range }: OverviewPlace): HTMLElement {
  return element(
    'section',
    { class: 'panel' },
    element('h2', {}, 'Top teams'),
    createTable(
      'Teams with the most lookups',
      [
        {
          name: 'Team',
          cell: ({ team }) => {
            const href = formatPlace({ kind: 'overview', range, team });
            return element('a', { attributes: { href } }, nameOf(team));
          },
        },
        {
          name: 'Lookups',
          isNumber: true,
          cell: ({ hits, misses }) => formatCount(hits + misses),
        },
        { name: 'Hit rate', isNumber: true, cell: rateOf },
        { name: 'Time saved', isNumber: true, cell: ({ savedMs }) => formatDuration(savedMs) },
        { name: 'Stored', isNumber: true, cell: ({ storage }) => formatBytes(storage.storedBytes) },
      ],
      topTeams,
    ),
  );
}

function createTrouble({ trouble }: TroubleList): HTMLElement {
  return element(
    'section',
    { class: 'panel' },
    element('h2', {}, 'Recent trouble'),
    trouble.length === 0
      ? element('p', { class: 'good' }, 'None since the server started.')
      : createTable(
          'What the server had to put up with, the latest first',
          [
            { name: 'Last', cell: ({ lastAtMs }) => formatTime(lastAtMs) },
            { name: 'Times', isNumber: true, cell: ({ count }) => formatCount(count) },
            { name: 'What', isText: true, cell: ({ message }) => message },
          ],
          trouble,
        ),
  );
}

function rateOf({ hits, misses }: { hits: number; misses: number }): string {
  return hits + misses === 0 ? '–' : formatShare(hits / (hits + misses));
}
