import { Kysely, Migrator, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import type { ArtifactOrder } from '../artifact-index.ts';
import { describeArtifactIndex } from '../artifact-index-contract.fixture.ts';
import { describeLeases } from '../lease-contract.fixture.ts';
import { addOldUsage, expectOldUsage } from '../sql/old-usage.fixture.ts';
import { describeTokenStore } from '../token-store-contract.fixture.ts';
import { describeUsageStore } from '../usage-store-contract.fixture.ts';
import { HOUR_MS, type UsageEntry } from '../usage-store.ts';
import { migrationProvider } from './database-migrations.ts';
import { ORDER_EXPRESSIONS } from './postgres-artifact-index.ts';
import { openPostgresStore } from './postgres-store.ts';
import { artifactOf, createTestDatabase, type TestDatabase } from './test-database.fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  await database.closeStores();
  await database.query('truncate artifact, team_usage_delta, token, usage_sum, lease');
});

beforeAll(async () => {
  await database.open();
});

describeArtifactIndex('a PostgreSQL database', async () => {
  const store = await database.open();
  return {
    index: store.artifacts,
    reopen: async () => {
      await store.close();
      return (await database.open()).artifacts;
    },
    close: () => database.closeStores(),
  };
});

describeTokenStore('a PostgreSQL database', async () => {
  const store = await database.open();
  return { store: store.tokens, close: () => store.close() };
});

describeUsageStore('a PostgreSQL database', async () => {
  const store = await database.open();
  return { store: store.usage, close: () => store.close() };
});

describeLeases('a PostgreSQL database', async () => {
  const store = await database.open();
  return { leases: store.leases, close: () => store.close() };
});

it.each<[ArtifactOrder, string]>([
  ['size', 'artifact_by_size'],
  ['hits', 'artifact_by_hits'],
  ['saved', 'artifact_by_saved'],
  ['recent', 'artifact_by_creation'],
])('lists artifacts by %s without sorting all of them', async (order, index) => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  // A table without rows is read as a whole otherwise.
  await client.query('set enable_seqscan = off; set enable_bitmapscan = off');
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `explain select * from artifact where team = 'a' and scope = 'trusted'
     and ${ORDER_EXPRESSIONS[order]} > 0 order by ${ORDER_EXPRESSIONS[order]} desc limit 10`,
  );
  await client.end();
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain(index);
  expect(plan).not.toContain('Sort');
});

it('sums up the year of twenty teams, and answers others meanwhile', async () => {
  const { usage } = await database.open();
  const startMs = Date.UTC(2026, 0, 1);
  for (let day = 0; day < 400; day += 10) {
    await usage.add(
      Array.from({ length: 10 * 24 * 2 }, (_value, number): UsageEntry => ({
        hourMs: startMs + (day * 24 + Math.floor(number / 2)) * HOUR_MS,
        owner: { kind: 'team', team: `team-${number % 2}` },
        sums: { saved_ms: 1 },
        youngestEvictedAgeMs: null,
      })),
    );
  }
  const query = { fromMs: startMs, toMs: startMs + 400 * 24 * HOUR_MS };
  const [buckets, teams] = await Promise.all([
    usage.sum(query, 24 * HOUR_MS),
    usage.sumByTeam(query),
  ]);
  expect(buckets).toHaveLength(400);
  expect(buckets.every(({ sums }) => sums.saved_ms === 48)).toBe(true);
  expect(teams.map(({ sums }) => sums.saved_ms)).toEqual([9_600, 9_600]);
});

describe('a database that is empty', () => {
  let empty: TestDatabase;

  beforeEach(async () => {
    empty = await createTestDatabase();
  });
  afterEach(() => empty.drop());

  it('gets its tables once, however many servers start at the same time', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => empty.open()));
    const { key, record } = artifactOf('a', 1);
    const writes = await Promise.all(stores.map(({ artifacts }) => artifacts.write(key, record)));
    expect(writes.filter(Boolean)).toHaveLength(1);
    expect(await empty.query('select name from larder_migration')).toEqual([
      { name: '0001-tables' },
      { name: '0002-usage-by-day' },
    ]);
  });

  it('has days made of the hours that an older version counted', async () => {
    const old = new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: new Pool({ connectionString: empty.url }) }),
    });
    await new Migrator({
      db: old,
      provider: migrationProvider,
      migrationTableName: 'larder_migration',
      migrationLockTableName: 'larder_migration_lock',
    }).migrateTo('0001-tables');
    await addOldUsage(old);
    await old.destroy();
    await expectOldUsage((await empty.open()).usage);
  });

  it('is refused when a newer version has been there', async () => {
    await empty.open();
    await empty.query(`insert into larder_migration values ('9999-future', '2099-01-01')`);
    const failure = await empty.open().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'LARDER_SERVER_INDEX_INCOMPATIBLE',
      message: expect.stringContaining(empty.name) as string,
      hint: expect.stringContaining('version') as string,
    });
  });

  it('is refused when it is the database of somebody else, who keeps their tables', async () => {
    await empty.query('create table token (id text)');
    await expect(empty.open()).rejects.toMatchObject({ code: 'LARDER_SERVER_INDEX_INCOMPATIBLE' });
    expect(
      await empty.query(`select tablename from pg_tables where schemaname = 'public'`),
    ).toEqual([{ tablename: 'token' }]);
  });

  it('may hold tables of others under the names that Kysely gives by itself', async () => {
    await empty.query(`create table kysely_migration (name text, timestamp text)`);
    await empty.query(`insert into kysely_migration values ('theirs', '2020-01-01')`);
    const { artifacts } = await empty.open();
    expect(await artifacts.usage()).toEqual(new Map());
  });

  it('says why its tables cannot be made', async () => {
    const user = `${empty.name}_reader`;
    await empty.query(`create user ${user} password 'reader'`);
    await empty.query('revoke create on schema public from public');
    const url = new URL(empty.url);
    url.username = user;
    url.password = 'reader';
    const failure = await empty.open({ url: url.href }).catch((error: unknown) => error);
    await empty.query(`drop user ${user}`);
    expect(failure).toMatchObject({
      code: 'LARDER_SERVER_STORAGE_FAILED',
      message: expect.stringContaining('permission denied for schema public') as string,
    });
  });
});

describe('an address', () => {
  const open = (url: string) =>
    openPostgresStore({ url, maxConnections: 1, onTrouble: () => undefined }).then(
      () => null,
      (error: unknown) => error,
    );

  /** Everything that a log could print of it. */
  const printed = (error: unknown): string => {
    const parts: string[] = [];
    for (let one = error; one instanceof Error; one = one.cause) {
      parts.push(one.message, one.stack ?? '', JSON.stringify(one));
    }
    return parts.join('\n');
  };

  it.each([
    ['without a protocol', 'user:s3cr3t-word@127.0.0.1/larder'],
    ['of something else', 'mysql://user:s3cr3t-word@127.0.0.1/larder'],
    ['with a host that is none', 'postgres://user:s3cr3t-word@[::bad/larder'],
  ])('%s is refused and not repeated', async (_what, url) => {
    const failure = await open(url);
    expect(failure).toMatchObject({ code: 'LARDER_SERVER_OPTIONS_INVALID' });
    expect(printed(failure)).not.toContain('s3cr3t');
  });

  it.each([
    ['of nobody', 'postgres://user:s3cr3t-word@127.0.0.1:1/larder'],
    ['of nobody, with several addresses', 'postgres://user:s3cr3t-word@localhost:1/larder'],
    ['with a bad certificate', 'postgres://u:s3cr3t-word@127.0.0.1:1/l?sslrootcert=/absent.pem'],
    ['with the password as a parameter', 'postgres://127.0.0.1:1/l?user=u&password=s3cr3t-word'],
  ])('%s is named without the password', async (_what, url) => {
    const failure = await open(url);
    expect(failure).toMatchObject({ code: 'LARDER_SERVER_STORAGE_FAILED' });
    expect(printed(failure)).toContain('127.0.0.1');
    expect(printed(failure)).not.toContain('s3cr3t');
  });

  it('with a wrong password is named without it', async () => {
    const url = new URL(database.url);
    url.password = 's3cr3t-word';
    const failure = await open(url.href);
    expect(failure).toMatchObject({
      code: 'LARDER_SERVER_STORAGE_FAILED',
      message: expect.stringContaining('password authentication failed') as string,
      hint: expect.not.stringContaining('disk') as string,
    });
    expect(printed(failure)).not.toContain('s3cr3t');
  });
});

it('reports a store that is closed', async () => {
  const store = await database.open();
  await store.close();
  const failure = { code: 'LARDER_SERVER_STORAGE_FAILED' };
  await expect(store.artifacts.read(artifactOf('a', 1).key)).rejects.toMatchObject(failure);
  await expect(store.tokens.list()).rejects.toMatchObject(failure);
});
