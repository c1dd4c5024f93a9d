import type { UsageReport } from './api.ts';
import { element, type Content } from './element.ts';
import { judgeEvictions } from './eviction-verdict.ts';
import { formatBytes, formatCount, formatDuration, formatShare } from './format.ts';

/** The figures that come first. */
export function createTiles({ totals, storage }: UsageReport): HTMLElement {
  const { hits, misses, hitRate, latency } = totals;
  const verdict = judgeEvictions(totals);
  return element(
    'dl',
    { class: 'tiles' },
    tile(
      'Hit rate',
      hitRate === null ? '–' : formatShare(hitRate),
      `${formatCount(hits)} of ${formatCount(hits + misses)} lookups`,
    ),
    tile(
      'Time saved',
      totals.savedMs === 0 ? '–' : formatDuration(totals.savedMs),
      'of tasks that did not run again',
    ),
    tile('Stored', formatBytes(storage.storedBytes), quota(storage)),
    tile(
      'Traffic',
      formatBytes(totals.servedBytes + totals.stored.bytes),
      `${formatBytes(totals.servedBytes)} down, ${formatBytes(totals.stored.bytes)} up`,
    ),
    tile('Median download', latencyFigure(latency.get), [
      latencyDetail(latency.get),
      `; upload ${latencyFigure(latency.put)}, ${latencyDetail(latency.put)}`,
    ]),
    tile('Is the cache too small?', verdict.title, verdict.reason, verdict.level),
  );
}

function tile(name: string, figure: string, detail: Content, level = ''): HTMLElement {
  return element(
    'div',
    { class: 'panel tile' },
    element('dt', {}, name),
    element('dd', { class: `figure ${level}`.trim() }, figure),
    element('dd', { class: 'muted' }, detail),
  );
}

function quota({ artifacts, storedBytes, limitBytes }: UsageReport['storage']): Content {
  const count = `${formatCount(artifacts)} artifacts`;
  if (limitBytes === null) return `${count}, no limit`;
  const attributes = {
    min: 0,
    max: limitBytes,
    value: storedBytes,
    'aria-label': 'Share of the limit',
  };
  return [
    `${count}, ${formatShare(storedBytes / limitBytes)} of ${formatBytes(limitBytes)}`,
    element('meter', { attributes }),
  ];
}

type Latency = UsageReport['totals']['latency']['get'];

function latencyFigure({ p50Ms }: Latency): string {
  return p50Ms === null ? '–' : formatDuration(p50Ms);
}

function latencyDetail({ p95Ms }: Latency): string {
  return p95Ms === null ? 'none yet' : `95 % within ${formatDuration(p95Ms)}`;
}
