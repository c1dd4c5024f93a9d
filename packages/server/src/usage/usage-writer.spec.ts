import type { UsageEntry } from '../storage/usage-store.ts';
import { DAY_MS, HOUR_MS } from '../storage/usage-store.ts';
import type { MetadataStore } from '../storage/metadata-store.ts';
import { databaseFile } from '../storage/data-directory.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { createTemporaryFolder, removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { createUsageRecorder, type UsageRecorder } from './usage-recorder.ts';
import { createUsageWriter, type UsageWriter } from './usage-writer.ts';

const START_MS = Date.UTC(2026, 0, 1);
const ALL = { fromMs: START_MS, toMs: START_MS + 1_000 * HOUR_MS };

let nowMs: number;
let metadata: MetadataStore;
let recorder: UsageRecorder;
let writer: UsageWriter;
let troubles: string[];
let written: UsageEntry[][];
let isBroken: boolean;

beforeEach(async () => {
  nowMs = START_MS;
  metadata = await openSqliteStore(databaseFile(await createTemporaryFolder()));
  recorder = createUsageRecorder(() => nowMs);
  troubles = [];
  written = [];
  isBroken = false;
  writer = openWriter(10 * HOUR_MS);
});

function openWriter(retentionMs: number | null): UsageWriter {
  return createUsageWriter({
    recorder,
    store: {
      ...metadata.usage,
      add(entries) {
        if (isBroken) return Promise.reject(new Error('no space'));
        written.push([...entries]);
        return metadata.usage.add(entries);
      },
    },
    retentionMs,
    onTrouble: (message) => troubles.push(message),
    now: () => nowMs,
  });
}

afterEach(async () => {
  await writer.close();
  await metadata.close();
});
afterAll(removeTemporaryFolders);

const savedMs = async () =>
  (await metadata.usage.sum(ALL, HOUR_MS)).map(({ startMs, sums }) => [
    (startMs - START_MS) / HOUR_MS,
    sums.saved_ms,
  ]);

it('writes what was counted, once', async () => {
  recorder.add('a', 'saved_ms', 5);
  await writer.flush();
  await writer.flush();
  recorder.add('a', 'saved_ms', 6);
  await Promise.all([writer.flush(), writer.flush()]);
  expect(await savedMs()).toEqual([[0, 11]]);
  expect(written).toHaveLength(2);
});

it('keeps what could not be written, tells of it once, and tries again', async () => {
  isBroken = true;
  for (let round = 0; round < 3; round += 1) {
    recorder.add('a', 'saved_ms', 1);
    await writer.flush();
    nowMs += HOUR_MS / 2;
  }
  expect(troubles).toEqual(['what the server did could not be noted']);
  isBroken = false;
  await writer.flush();
  expect(await savedMs()).toEqual([
    [0, 2],
    [1, 1],
  ]);
  isBroken = true;
  recorder.add('a', 'saved_ms', 1);
  await writer.flush();
  expect(troubles).toHaveLength(2);
});

it('keeps no more than a bounded amount, and the newest of it', async () => {
  isBroken = true;
  for (let hour = 0; hour < 30; hour += 1) {
    for (let team = 0; team < 250; team += 1) recorder.add(`team-${team}`, 'saved_ms');
    await writer.flush();
    nowMs += HOUR_MS;
  }
  isBroken = false;
  await writer.flush();
  expect(written[0]).toHaveLength(6_000);
  expect(written[0]?.at(-1)?.hourMs).toBe(START_MS + 29 * HOUR_MS);
});

it('forgets what is older than it is to be kept', async () => {
  for (let hour = 0; hour < 15; hour += 1) {
    recorder.add('a', 'saved_ms');
    await writer.flush();
    nowMs += HOUR_MS;
  }
  expect((await savedMs()).map(([hour]) => hour)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
});

it.each([
  { kept: 'for three days', retentionMs: 3 * DAY_MS, firstDay: 7, firstHour: 7 },
  { kept: 'for ever', retentionMs: null, firstDay: 0, firstHour: 2 },
])(
  'keeps days $kept, and hours for eight days at most',
  async ({ retentionMs, firstDay, firstHour }) => {
    await writer.close();
    writer = openWriter(retentionMs);
    for (let day = 0; day <= 10; day += 1) {
      nowMs = START_MS + day * DAY_MS;
      recorder.add('a', 'saved_ms');
      await writer.flush();
    }
    const period = { fromMs: START_MS, toMs: START_MS + 11 * DAY_MS };
    const firstOf = async (spanMs: number) => {
      const [first] = await metadata.usage.sum(period, spanMs);
      return ((first?.startMs ?? 0) - START_MS) / DAY_MS;
    };
    expect([await firstOf(DAY_MS), await firstOf(HOUR_MS)]).toEqual([firstDay, firstHour]);
  },
);

it('writes the rest when it is closed', async () => {
  recorder.add('a', 'saved_ms', 5);
  await writer.close();
  expect(await savedMs()).toEqual([[0, 5]]);
});
