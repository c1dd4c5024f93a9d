import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerOptions } from '../options/server-options.ts';
import {
  removeTemporaryFolders,
  startServer,
  TEST_TOKEN,
  type RunningServer,
} from '../testing/start-server.fixture.ts';
import { exchange } from '../testing/raw-request.fixture.ts';
import type { UsageReport } from '../usage/usage-report.ts';
import { METRICS, type MetricDescription } from './metric-table.ts';
import { parseExposition, seriesOf, type ExposedMetric } from './parse-exposition.fixture.ts';

const TEAM_TOKEN = 'token-of-one-team';
const READER_TOKEN = 'token-that-reads';

let running: RunningServer;

async function start(options: ServerOptions = {}): Promise<void> {
  running = await startServer({
    tokens: [
      { token: TEST_TOKEN, access: 'read-write', label: 'a-label' },
      { token: READER_TOKEN, access: 'read' },
      { token: TEAM_TOKEN, access: 'read-write', teams: ['a-team'] },
    ],
    ...options,
  });
}
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

const status = async (authorization: string) =>
  (await running.fetch('/metrics', { headers: { authorization } })).status;

async function scrape(): Promise<{ text: string; metrics: ExposedMetric[] }> {
  const answer = await running.fetch('/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  return { text, metrics: parseExposition(text) };
}

/** The sum of a metric's samples that have these labels. */
async function valueOf(name: string, labels: Record<string, string> = {}): Promise<number> {
  const { metrics } = await scrape();
  return metrics
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name)
    .filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

async function use(hash: string): Promise<void> {
  const init = { method: 'PUT', body: hash };
  await (await running.fetch(`/v8/artifacts/${hash}?slug=team-${hash}`, init)).text();
  await (await running.fetch(`/v8/artifacts/${hash}?slug=team-${hash}`)).text();
  await (await running.fetch(`/v8/artifacts/absent-${hash}`)).text();
  await (await running.fetch(`/v1/cache/${hash}`)).text();
  await (await running.fetch(`/${hash}`)).text();
}

describe('who may read the metrics', () => {
  it('is whoever has a token for every team', async () => {
    await start();
    expect(await status(`Bearer ${TEST_TOKEN}`)).toBe(200);
    expect(await status(`Bearer ${READER_TOKEN}`)).toBe(200);
    expect(await status(`Bearer ${TEAM_TOKEN}`)).toBe(403);
    expect(await status('Bearer wrong')).toBe(401);
    expect(await status('')).toBe(401);
  });

  it('is everybody when the server is told so', async () => {
    await start({ metricsAccess: 'public' });
    expect([await status(''), await status('Bearer wrong')]).toEqual([200, 200]);
  });
});

describe('the metrics', () => {
  it('are those of the table, each with what that says of it', async () => {
    await start();
    await use('a');
    const { metrics } = await scrape();
    expect(metrics.map(({ name, type, help }) => [name, type, help])).toEqual(
      Object.entries(METRICS).map(([name, { type, help }]) => [name, type, help]),
    );
    for (const { name, samples } of metrics) {
      const { labels, type } = (METRICS as Record<string, MetricDescription>)[name]!;
      const expected = [...labels, ...(type === 'histogram' ? ['le'] : [])].sort();
      for (const sample of samples.filter((each) => !/_(?:sum|count)$/.test(each.name))) {
        expect([name, Object.keys(sample.labels).sort()]).toEqual([name, expected]);
      }
    }
  });

  it('are those of the documentation, with their labels', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/metrics.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z_]+)` *\| (\w+) *\| (.*?) *\| (.*?) *\|$/gm)];
    expect(
      rows.map(([, name, type, labels = '']) => [
        name,
        type,
        [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
      ]),
    ).toEqual(Object.entries(METRICS).map(([name, { type, labels }]) => [name, type, [...labels]]));
  });

  it('have no limit where there is none, and one where there is', async () => {
    await start();
    await scrape();
    const names = (await scrape()).metrics.filter(({ samples }) => samples.length === 0);
    expect(names.map(({ name }) => name)).toEqual([
      'larder_evicted_youngest_age_seconds',
      'larder_store_limit_bytes',
      'larder_team_limit_bytes',
      'larder_age_limit_seconds',
    ]);
    await running.server.close();
    await start({ maxStoreSizeBytes: 5e6, maxTeamSizeBytes: 4e6, maxAgeMs: 90_000_000 });
    expect(await valueOf('larder_store_limit_bytes')).toBe(5e6);
    expect(await valueOf('larder_team_limit_bytes')).toBe(4e6);
    expect(await valueOf('larder_age_limit_seconds')).toBe(90_000);
  });

  // Every series costs Prometheus memory for as long as it keeps it.
  it('have the same series whatever clients ask for, and name no team, hash or token', async () => {
    await start();
    await use('warm');
    await scrape();
    const before = seriesOf((await scrape()).metrics);
    // Sent ahead, a thousand on each connection: a client that waits takes much longer.
    for (let some = 0; some < 10_000; some += 1_000) {
      const requests = Array.from({ length: 1_000 }, (_value, number) => {
        const hash = `needle${some + number}`;
        const isLast = number === 999;
        return (
          `GET /v8/artifacts/${hash}?slug=team-${hash} HTTP/1.1\r\nHost: x\r\n` +
          `Authorization: ${running.authorization}\r\n` +
          `${isLast ? 'Connection: close\r\n' : ''}\r\n`
        );
      });
      const answers = await exchange(running, requests.join(''));
      expect(answers.match(/HTTP\/1\.1 404/g)).toHaveLength(1_000);
    }
    await use('needle');
    const { text, metrics } = await scrape();
    expect(seriesOf(metrics)).toEqual(before);
    for (const secret of ['needle', 'a-label', 'a-team', TEST_TOKEN]) {
      expect(text).not.toContain(secret);
    }
    expect(await valueOf('larder_lookups_total', { api: 'artifacts', result: 'miss' })).toBe(
      10_002,
    );
  }, 60_000);

  it('count what happens', async () => {
    await start({ maxStoreSizeBytes: 2_000_000 });
    for (const hash of ['a', 'b', 'c', 'd']) {
      await running.fetch(`/v8/artifacts/${hash}`, {
        method: 'PUT',
        body: Buffer.alloc(700_000),
        headers: { 'x-artifact-duration': '1500' },
      });
    }
    await (await running.fetch('/v8/artifacts/d')).arrayBuffer();
    await status('Bearer wrong');
    const route = { route: '/v8/artifacts/:hash' };
    expect({
      puts: await valueOf('larder_http_requests_total', { ...route, method: 'PUT', status: '2xx' }),
      refused: await valueOf('larder_requests_total', { outcome: 'refused' }),
      hits: await valueOf('larder_lookups_total', { result: 'hit', client: 'unknown' }),
      saved: await valueOf('larder_saved_seconds_total'),
      served: await valueOf('larder_served_bytes_total'),
      received: await valueOf('larder_received_bytes_total', { result: 'stored' }),
      uploads: await valueOf('larder_uploads_total', { result: 'stored' }),
      downloads: await valueOf('larder_transfer_duration_seconds_count', { method: 'get' }),
      evicted: await valueOf('larder_evicted_artifacts_total'),
      artifacts: await valueOf('larder_store_artifacts'),
      authFailures: await valueOf('larder_auth_failures_total'),
      storageErrors: await valueOf('larder_storage_errors_total'),
    }).toEqual({
      puts: 4,
      refused: 1,
      hits: 1,
      saved: 1.5,
      served: 700_000,
      received: 2_800_000,
      uploads: 4,
      downloads: 1,
      evicted: 2,
      artifacts: 2,
      authFailures: 1,
      storageErrors: 0,
    });
    expect(await valueOf('larder_evicted_bytes_total')).toBeGreaterThan(1_400_000);
    expect(await valueOf('larder_store_bytes')).toBeGreaterThan(1_400_000);
    expect(await valueOf('larder_connections')).toBeGreaterThan(0);
    expect(await valueOf('process_resident_memory_bytes')).toBeGreaterThan(10e6);
    expect(await valueOf('process_start_time_seconds')).toBeLessThan(Date.now() / 1e3);
  });

  it('agree with the usage', async () => {
    await start();
    for (const hash of ['a', 'b', 'c']) await use(hash);
    const answer = await running.fetch('/larder/v1/usage');
    const { totals } = (await answer.json()) as UsageReport;
    expect(await valueOf('larder_lookups_total', { result: 'hit' })).toBe(totals.hits);
    expect(await valueOf('larder_lookups_total', { result: 'miss' })).toBe(totals.misses);
    expect(await valueOf('larder_served_bytes_total')).toBe(totals.servedBytes);
    expect(await valueOf('larder_uploads_total', { result: 'stored' })).toBe(
      totals.stored.artifacts,
    );
    expect([totals.hits, totals.misses, totals.servedBytes]).toEqual([3, 6, 3]);
  });
});

describe('the dashboard', () => {
  const folder = join(__dirname, '../../../../docs/grafana');
  const dashboard = JSON.parse(readFileSync(join(folder, 'larder.json'), 'utf8')) as {
    uid: string;
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  const expressions = dashboard.panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr),
  );

  it('asks for nothing but metrics of the server, with labels that they have', () => {
    expect(expressions.length).toBeGreaterThan(15);
    for (const expression of expressions) {
      const names = expression.match(/\b(?:larder|process|nodejs)_[a-z_]+\b/g) ?? [];
      expect(names.length).toBeGreaterThan(0);
      const descriptions = names.map((name) => {
        const base = name.replace(/_(?:bucket|sum|count)$/, '');
        const known = METRICS as Record<string, MetricDescription>;
        const description = known[name] ?? known[base];
        expect([name, description]).not.toEqual([name, undefined]);
        return description!;
      });
      const labels = [
        ...expression.matchAll(/[{,]\s*(\w+)\s*[=!]~?"|\b(?:by|without) \(([^)]*)\)/g),
      ]
        .flatMap(([, label, list = '']) => label ?? list.split(/,\s*/))
        .filter((label) => !['', 'le', 'instance', 'job'].includes(label));
      for (const label of labels) {
        expect(descriptions.flatMap((each) => each.labels)).toContain(label);
      }
    }
  });
});
