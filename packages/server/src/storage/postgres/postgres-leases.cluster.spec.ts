import type { MetadataStore } from '../metadata-store.ts';
import { createTestDatabase, type TestDatabase } from './test-database.fixture.ts';

let database: TestDatabase;
let one: MetadataStore;
let other: MetadataStore;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  [one, other] = await Promise.all([database.open(), database.open()]);
});
afterEach(async () => {
  await database.closeStores();
  await database.query('truncate lease');
});

it('gives a lease to one of many servers that want it at the same time', async () => {
  const more = await Promise.all(Array.from({ length: 6 }, () => database.open()));
  for (let round = 0; round < 10; round += 1) {
    const name = `round ${round}`;
    const acquired = await Promise.all(more.map(({ leases }) => leases.acquire(name, 60_000)));
    expect(acquired.filter(Boolean)).toHaveLength(1);
  }
});

it('gives a lease to the next server when it is given back', async () => {
  expect(await one.leases.acquire('one', 60_000)).toBe(true);
  expect(await other.leases.acquire('one', 60_000)).toBe(false);
  await one.leases.release('one');
  expect(await other.leases.acquire('one', 60_000)).toBe(true);
  expect(await one.leases.acquire('one', 60_000)).toBe(false);
});

it("leaves a lease that is another server's alone", async () => {
  await one.leases.acquire('one', 60_000);
  await other.leases.release('one');
  expect(await other.leases.acquire('one', 60_000)).toBe(false);
});

it('ends a lease when its time is over, by the clock of the database', async () => {
  await one.leases.acquire('one', 60_000);
  await database.query(`update lease set expires_at = clock_timestamp() - interval '1 second'`);
  expect(await other.leases.acquire('one', 60_000)).toBe(true);
  expect(await one.leases.acquire('one', 60_000)).toBe(false);
});

it('gives a lease for as long as it is asked for, and anew', async () => {
  const leftMs = async () => {
    const [row] = await database.query<{ left: number }>(
      'select extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as left from lease',
    );
    return row?.left ?? 0;
  };
  await one.leases.acquire('one', 1_000_000);
  expect(await leftMs()).toBeGreaterThan(900_000);
  expect(await leftMs()).toBeLessThanOrEqual(1_000_000);
  await one.leases.acquire('one', 9_000_000);
  expect(await leftMs()).toBeGreaterThan(8_000_000);
});
