import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestBed } from '../testing/test-bed.fixture.ts';
import { createRunHistory } from './run-history.ts';
import { recordOf, reportOf } from './run-record.fixture.ts';
import type { RunRecord } from './run-record.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const limits = { maxRecords: 3, maxBytes: 1_000_000, maxRecordBytes: 1_000_000 };
const folderOf = () => join(bed.makeFolder(), 'runs');

function recordAt(closedAt: number, overrides: Partial<RunRecord> = {}): RunRecord {
  return recordOf([], {
    closedAt,
    report: reportOf([], { runId: `run-${String(closedAt)}` }),
    ...overrides,
  });
}

const times = (records: readonly RunRecord[]) => records.map(({ closedAt }) => closedAt);

it('has the newest commands first, and lets the oldest go', async () => {
  const history = createRunHistory(folderOf(), limits);
  for (const time of [5, 9, 10, 100]) await history.keep(recordAt(time));
  expect(times(await history.list())).toEqual([100, 10, 9]);
});

it('has one record for a run, the last that was kept', async () => {
  const history = createRunHistory(folderOf(), limits);
  await history.keep(recordAt(1));
  const later = recordAt(1, { mode: 'read' });
  await history.keep(later);
  expect(await history.list()).toEqual([later]);
});

it('keeps to its bytes', async () => {
  const folder = folderOf();
  await createRunHistory(folder, limits).keep(recordAt(1));
  const [name] = readdirSync(folder);
  const { size } = statSync(join(folder, name!));
  const history = createRunHistory(folder, { ...limits, maxBytes: 2.5 * size });
  for (const time of [2, 3]) await history.keep(recordAt(time));
  expect(times(await history.list())).toEqual([3, 2]);
});

it('keeps a record that is too large without its inputs', async () => {
  const history = createRunHistory(folderOf(), { ...limits, maxRecordBytes: 1000 });
  const inputs = { table: [['x'.repeat(2000), '1']], byTask: { 1: [0] } } as const;
  await history.keep(recordAt(1, { inputs }));
  expect(await history.list()).toEqual([recordAt(1)]);
});

it('is empty where nothing was kept', async () => {
  expect(await createRunHistory(folderOf()).list()).toEqual([]);
});

it('leaves out what makes no sense, and what another version has written', async () => {
  const folder = folderOf();
  mkdirSync(folder);
  const history = createRunHistory(folder, { ...limits, maxRecords: 20 });
  await history.keep(recordAt(7));
  const nonsense = [
    '',
    '{',
    'null',
    '[]',
    '{"version":1}',
    JSON.stringify({ ...recordAt(8), version: 2 }),
  ];
  for (const [index, text] of nonsense.entries()) {
    writeFileSync(join(folder, `9-${String(index)}.json`), text);
  }
  expect(times(await history.list())).toEqual([7]);
});
