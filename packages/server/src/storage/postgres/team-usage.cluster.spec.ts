import { UNDISPUTED_LEASES } from '../leases.ts';
import { createConnectionPool, type ConnectionPool } from './connection-pool.ts';
import { parseDatabaseAddress } from './database-address.ts';
import { createTeamUsage } from './team-usage.ts';
import { artifactOf, createTestDatabase, type TestDatabase } from './test-database.fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const countDeltas = async (): Promise<number> => {
  const [row] = await database.query<{ count: number }>(
    'select count(*)::int as count from team_usage_delta',
  );
  return row?.count ?? 0;
};

const TEAMS = ['a', 'b', ''];
const STORES = 3;
const ROUNDS = 150;

it('is exact while many servers write, remove and sum up at the same time', async () => {
  const stores = await Promise.all(Array.from({ length: STORES }, () => database.open()));
  const pools: ConnectionPool[] = [];
  let isOver = false;
  // Without a lease they get in each other's way as much as they can.
  const summingUp = Array.from({ length: STORES }, async () => {
    const pool = createConnectionPool({
      address: parseDatabaseAddress(database.url),
      maxConnections: 2,
      statementTimeoutMs: null,
      onTrouble: () => undefined,
    });
    pools.push(pool);
    const troubles: unknown[] = [];
    const usage = createTeamUsage({
      pool,
      leases: UNDISPUTED_LEASES,
      onTrouble: (_message, cause) => troubles.push(cause),
      maxDeltas: 3,
    });
    let sums = 0;
    while (!isOver) {
      for (const amount of (await usage.read()).values()) {
        // Half of a change would show: an artifact of 7 bytes without them, or the other way round.
        expect(amount.storedBytes).toBe(7 * amount.artifacts);
      }
      usage.noteChange();
      await usage.close();
      sums += 1;
    }
    expect(troubles).toEqual([]);
    return sums;
  });

  await Promise.all(
    stores.flatMap(({ artifacts }, store) =>
      TEAMS.map(async (team, place) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const number = (store * TEAMS.length + place) * ROUNDS + round;
          const { key, record } = artifactOf(team, number, 7);
          expect(await artifacts.write(key, record)).toBe(true);
          if (round % 3 === 0) await artifacts.remove(key, record.blob);
          if (round % 10 === 9) await artifacts.removeSome({ team }, 2);
        }
      }),
    ),
  );
  isOver = true;
  const sums = await Promise.all(summingUp);
  expect(Math.min(...sums)).toBeGreaterThan(10);

  const kept = await database.query<{ team: string; stored_bytes: string; artifacts: string }>(
    'select team, sum(stored_bytes) as stored_bytes, count(*) as artifacts from artifact group by team',
  );
  expect(await stores[0]?.artifacts.usage()).toEqual(
    new Map(
      kept.map((row) => [
        row.team,
        { storedBytes: Number(row.stored_bytes), artifacts: Number(row.artifacts) },
      ]),
    ),
  );
  await Promise.all(pools.map((pool) => pool.end()));
});

it('stays a short list, whoever writes, and without being asked for', async () => {
  const store = await database.open();
  for (let start = 0; start < 2_100; start += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_value, number) => {
        const { key, record } = artifactOf('long', 1_000_000 + start + number);
        return store.artifacts.write(key, record);
      }),
    );
  }
  await store.close();
  expect(await countDeltas()).toBeLessThan(1_200);
});

it('leaves the list to another server that is about it', async () => {
  const [one, other] = await Promise.all([database.open(), database.open()]);
  await database.query(
    `insert into team_usage_delta (team, stored_bytes, artifacts)
     select 'left', 1, 1 from generate_series(1, 5000)`,
  );
  expect(await one.leases.acquire('team-usage', 60_000)).toBe(true);
  await other.artifacts.usage();
  await other.close();
  expect(await countDeltas()).toBeGreaterThan(5_000);
  await one.artifacts.usage();
  await one.close();
  expect(await countDeltas()).toBeLessThan(100);
  expect(database.troubles).toEqual([]);
});
