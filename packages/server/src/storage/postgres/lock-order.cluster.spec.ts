// Servers that change the same rows at the same time must wait for each other in one order: a deadlock
// costs the database a second each, and one of the two its statement.
import { randomBytes } from 'node:crypto';
import { DAY_MS, HOUR_MS, type UsageEntry } from '../usage-store.ts';
import { artifactOf, createTestDatabase, type TestDatabase } from './test-database.fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const STORES = 4;
const WORKERS = 3;
const ROUNDS = 25;
const ROWS = 60;

/** Counted when a connection ends at the latest, and then for good. */
async function countDeadlocks(): Promise<number> {
  await database.closeStores();
  for (;;) {
    const [row] = await database.query<{ deadlocks: number; others: number }>(
      `select deadlocks::int, (select count(*)::int from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()
           and backend_type = 'client backend') as others
       from pg_stat_database where datname = current_database()`,
    );
    if (row?.others === 0) return row.deadlocks;
  }
}

/** A different order for each number, of all of them. */
function inDisorder<T>(items: readonly T[], number: number): T[] {
  return items
    .map((item, place) => ({ item, rank: (place * 7919 + number * 104_729) % 1_009 }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

async function hammer(
  work: (store: Awaited<ReturnType<TestDatabase['open']>>, number: number) => Promise<unknown>,
): Promise<void> {
  const stores = await Promise.all(Array.from({ length: STORES }, () => database.open()));
  await Promise.all(
    stores.flatMap((store, place) =>
      Array.from({ length: WORKERS }, async (_value, worker) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          await work(store, (place * WORKERS + worker) * ROUNDS + round);
        }
      }),
    ),
  );
}

const artifacts = Array.from({ length: ROWS }, (_value, number) => artifactOf('a', number * 7));

beforeEach(async () => {
  const store = await database.open();
  for (const { key, record } of artifacts) await store.artifacts.write(key, record);
});

it('notes accesses to the same artifacts, and loses none', async () => {
  await hammer((store, number) =>
    store.artifacts.touch(
      new Map(
        inDisorder(artifacts, number).map(({ record }) => [
          record.blob,
          { accessedAtMs: number, hits: 1 },
        ]),
      ),
    ),
  );
  expect(await countDeadlocks()).toBe(0);
  const hits = await database.query('select distinct hits::int from artifact');
  expect(hits).toEqual([{ hits: STORES * WORKERS * ROUNDS }]);
});

it('removes and adds artifacts that are in use', async () => {
  const stored = artifacts.map(({ key, record }) => ({ key, record }));
  await hammer(async (store, number) => {
    const some = inDisorder(stored, number).slice(0, 30);
    const blobs = some.map(({ record }) => record.blob);
    if (number % 3 === 0) await store.artifacts.removeBlobs(blobs);
    if (number % 3 === 1) await store.artifacts.removeSome({ team: 'a' }, 20);
    await store.artifacts.touch(
      new Map(blobs.map((blob) => [blob, { accessedAtMs: number, hits: 1 }])),
    );
    for (const artifact of some.slice(0, 10)) {
      const record = { ...artifact.record, blob: randomBytes(16).toString('hex') };
      if (await store.artifacts.write(artifact.key, record)) artifact.record = record;
    }
  });
  expect(await countDeadlocks()).toBe(0);
  const [counted] = await database.query<{ artifacts: number; noted: number }>(
    `select (select count(*)::int from artifact) as artifacts,
       (select coalesce(sum(artifacts), 0)::int from team_usage_delta) as noted`,
  );
  expect(counted?.artifacts).toBeGreaterThan(0);
  expect(counted?.noted).toBe(counted?.artifacts);
});

it('removes what others remove and note accesses to, wherever the rows are', async () => {
  const stores = await Promise.all(Array.from({ length: STORES }, () => database.open()));
  for (let round = 0; round < ROUNDS; round += 1) {
    await database.query('truncate artifact, team_usage_delta');
    // As the disk has them they are in no order.
    await database.query(
      `insert into artifact (team, scope, api, hash, blob, size_bytes, stored_bytes, sha256, writer,
         token_id, created_at_ms, accessed_at_ms)
       select 'a', 'trusted', 'nx', md5(n::text), md5(n::text), 1, 1, '', '', '', 0, 0
       from generate_series(1, 300) as numbers (n) order by random()`,
    );
    const rows = await database.query<{ blob: string }>('select blob from artifact');
    const blobs = rows.map(({ blob }) => blob);
    await Promise.all(
      stores.flatMap(({ artifacts: index }, place) => [
        index.touch(
          new Map(inDisorder(blobs, place).map((blob) => [blob, { accessedAtMs: 1, hits: 1 }])),
        ),
        index.removeSome({ team: 'a' }, 150),
        index.removeBlobs(inDisorder(blobs, place + 7).slice(0, 100)),
      ]),
    );
  }
  expect(await countDeadlocks()).toBe(0);
});

it('adds to the same hours, and forgets some of them', async () => {
  const owners = Array.from({ length: 20 }, (_value, number) => `team-${number}`);
  const entries = owners.flatMap((team) =>
    [0, 1, 2].map((hour): UsageEntry => ({
      hourMs: hour * HOUR_MS,
      owner: { kind: 'team', team },
      sums: { saved_ms: 1 },
      youngestEvictedAgeMs: null,
    })),
  );
  await hammer(async (store, number) => {
    await store.usage.add(inDisorder(entries, number));
    if (number % 10 === 0) await store.usage.removeEnded(HOUR_MS, HOUR_MS);
  });
  const store = await database.open();
  const sums = await store.usage.sum({ fromMs: HOUR_MS, toMs: 3 * HOUR_MS }, HOUR_MS);
  const days = await store.usage.sum({ fromMs: 0, toMs: DAY_MS }, DAY_MS);
  expect(await countDeadlocks()).toBe(0);
  const ofHour = owners.length * STORES * WORKERS * ROUNDS;
  expect([...sums, ...days].map(({ sums: { saved_ms } }) => saved_ms)).toEqual([
    ofHour,
    ofHour,
    3 * ofHour,
  ]);
});

it('forgets the same tokens', async () => {
  const store = await database.open();
  await hammer(async ({ tokens }, number) => {
    const some = [1, 2, 3].map((place) => {
      const id = `${number}-${place}`;
      const digest = id.padStart(64, '0');
      return { ...TOKEN, id, sha256: digest, expiresAtMs: place };
    });
    for (const token of some) await tokens.add(token);
    await tokens.removeExpired(10);
  });
  expect(await store.tokens.list()).toEqual([]);
  expect(await countDeadlocks()).toBe(0);
});

const TOKEN = {
  label: 'ci',
  access: 'read-write',
  scope: 'trusted',
  teams: null,
  origin: null,
  createdAtMs: 0,
  revokedAtMs: null,
} as const;
