import { type Column, formatTable } from '../report/markdown.ts';
import { type AssumptionRow } from './assumption-rows.ts';
import { type CapacityPlan } from './capacity-model.ts';
import { type ClusterPlan } from './cluster-plan.ts';
import { type Comparison } from './compare-load.ts';
import { type SimulatedLoad } from './load-meter.ts';
import {
  formatBytes,
  formatCount,
  formatDollars,
  formatMs,
  formatShare,
} from './format-figures.ts';

/** Everything about a number of developers. */
export interface CapacityAnswer {
  readonly plan: CapacityPlan;
  readonly cluster: ClusterPlan;
  /** The same on one machine with its own disk, and how many developers that carries. */
  readonly oneMachine: CapacityPlan & { readonly carries: number };
  readonly rssMb: number;
  readonly meanBytes: number;
}

type Row = readonly [what: string, cellOf: (answer: CapacityAnswer) => string];

const ROWS: readonly Row[] = [
  ['**A busy day**', () => ''],
  ['lookups', ({ plan }) => formatCount(plan.day.lookups)],
  ['hits', ({ plan }) => formatCount(plan.day.hits)],
  ['uploads', ({ plan }) => formatCount(plan.day.uploads)],
  ['downloaded', ({ plan, meanBytes }) => formatBytes(plan.day.hits * meanBytes)],
  ['uploaded', ({ plan, meanBytes }) => formatBytes(plan.day.uploads * meanBytes)],
  ['**A second of the busiest hour**', () => ''],
  ['requests', ({ plan }) => formatCount(plan.peak.requests)],
  ['down, up', ({ plan }) => pair(plan.peak.downloadMb, plan.peak.uploadMb, formatMegabytes)],
  ['inserts', ({ plan }) => formatCount(plan.peak.inserts)],
  ['reads of tokens and index', ({ plan }) => formatCount(plan.peak.reads)],
  ['rows whose use is noted, at most', ({ cluster }) => formatCount(cluster.touchedRows)],
  ['**Replicas**', () => ''],
  ['cores that are busy, in all', ({ plan }) => formatCount(plan.cores)],
  ['replicas of a core each', ({ plan }) => String(plan.replicas)],
  [
    'a core is busy: all there, one away',
    ({ plan }) => pair(plan.utilization, plan.utilizationWithoutOne, formatShare),
  ],
  [
    'waiting for a core: p95, p99',
    ({ plan: { waiting } }) => pair(waiting.p95Ms, waiting.p99Ms, formatMs),
  ],
  ['memory of each, at most', ({ rssMb }) => `${rssMb} MB`],
  [
    'network of each, in and out',
    ({ cluster }) => `${formatMegabytes(cluster.networkMbPerReplica)}/s`,
  ],
  ['**PostgreSQL**', () => ''],
  ['connections, at most', ({ cluster }) => String(cluster.connections)],
  ['busy at a time, on the average', ({ cluster }) => formatCount(cluster.busyConnections)],
  ['cores that are busy', ({ cluster }) => formatCount(cluster.databaseCores)],
  ['size of the index', ({ cluster }) => formatBytes(cluster.indexBytes)],
  ['**Bucket**', () => ''],
  ['stored', ({ plan }) => formatBytes(plan.storedBytes)],
  ['objects', ({ plan }) => formatCount(plan.storedArtifacts)],
  ['GET, PUT a day', ({ cluster }) => pair(cluster.getsPerDay, cluster.putsPerDay, formatCount)],
  [
    'a month: storage, GET, PUT',
    ({ cluster: { dollarsPerMonth } }) =>
      [dollarsPerMonth.storage, dollarsPerMonth.gets, dollarsPerMonth.puts]
        .map(formatDollars)
        .join(', '),
  ],
  ['**One machine instead**', () => ''],
  ['its core is busy in the busiest hour', ({ oneMachine }) => formatShare(oneMachine.utilization)],
  [
    'developers whom it carries, at most',
    ({ oneMachine }) => formatCount(Math.floor(oneMachine.carries / 100) * 100),
  ],
];

export function formatCapacity(answers: readonly CapacityAnswer[]): string {
  const columns: Column<Row>[] = [
    { heading: '', cellOf: ([what]) => what },
    ...answers.map((answer) => ({
      heading: `${formatCount(answer.plan.developers)} developers`,
      isNumber: true,
      cellOf: ([, cellOf]: Row) => cellOf(answer),
    })),
  ];
  return formatTable(ROWS, columns);
}

export interface PlayedDay {
  readonly developers: number;
  readonly replicas: number;
  readonly comparisons: readonly Comparison[];
  readonly simulated: SimulatedLoad;
}

/** All days have the same figures. */
export function formatPlayedDays(days: readonly PlayedDay[]): string {
  const [first] = days;
  const columns: Column<number>[] = [
    { heading: '', cellOf: (index) => first?.comparisons[index]?.what ?? '' },
    ...days.flatMap(({ developers, comparisons }) => [
      {
        heading: `${formatCount(developers)}: model`,
        isNumber: true,
        cellOf: (index: number) => formatCompared(comparisons[index], 'model'),
      },
      {
        heading: 'played',
        isNumber: true,
        cellOf: (index: number) => formatCompared(comparisons[index], 'simulated'),
      },
      {
        heading: 'holds',
        cellOf: (index: number) => (comparisons[index]?.holds === true ? 'yes' : '**no**'),
      },
    ]),
  ];
  return formatTable([...(first?.comparisons ?? []).keys()], columns);
}

export function formatAssumptions(rows: readonly AssumptionRow[]): string {
  return formatTable(rows, [
    { heading: 'assumption', cellOf: ({ what }) => what },
    { heading: 'value', cellOf: ({ value }) => value },
    { heading: 'source', cellOf: ({ note }) => note },
  ]);
}

function formatCompared(comparison: Comparison | undefined, side: 'model' | 'simulated'): string {
  if (comparison === undefined) return '';
  const { unit, [side]: value } = comparison;
  if (unit === 'ms') return formatMs(value);
  return unit === 'MB' ? formatMegabytes(value) : formatCount(value);
}

function formatMegabytes(megabytes: number): string {
  return formatBytes(megabytes * 1_000_000);
}

function pair(first: number, second: number, format: (value: number) => string): string {
  return `${format(first)}, ${format(second)}`;
}
