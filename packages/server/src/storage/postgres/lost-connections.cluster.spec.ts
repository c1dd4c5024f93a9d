import type { MetadataStore } from '../metadata-store.ts';
import { openDatabaseLine, type DatabaseLine } from './database-line.fixture.ts';
import { artifactOf, createTestDatabase, type TestDatabase } from './test-database.fixture.ts';

const FAILURE = { code: 'LARDER_SERVER_STORAGE_FAILED' };
const { key, record } = artifactOf('a', 1);
const other = { ...record, blob: 'f'.repeat(32) };

let database: TestDatabase;
let line: DatabaseLine;
let store: MetadataStore;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  line = await openDatabaseLine(database.url);
  store = await database.open({ url: line.url });
});
afterEach(async () => {
  await database.closeStores();
  await line.close();
  await database.query('truncate artifact, team_usage_delta, token, usage_sum');
});

const CALLS: [string, (store: MetadataStore) => Promise<unknown>][] = [
  ['check', (store) => store.check()],
  ['read', ({ artifacts }) => artifacts.read(key)],
  ['readMany', ({ artifacts }) => artifacts.readMany(key, ['h1'])],
  ['listSome', ({ artifacts }) => artifacts.listSome({}, { limit: 1, afterBlob: '' })],
  ['usage', ({ artifacts }) => artifacts.usage()],
  ['findByDigest', ({ tokens }) => tokens.findByDigest('a')],
  ['sum', ({ usage }) => usage.sum({ fromMs: 0, toMs: 1 }, 1)],
];

/** What requests wait for, and so does not wait for long. */
const PROMPT_CALLS: typeof CALLS = [
  ...CALLS.filter(([name]) => !['listSome', 'sum'].includes(name)),
  ['write', ({ artifacts }) => artifacts.write(key, record)],
  ['acquire', ({ leases }) => leases.acquire('one', 1_000)],
];

it.each(CALLS)('asks again when the connection is lost during "%s"', async (_name, call) => {
  line.loseNextQuestion();
  await call(store);
  line.loseNextAnswer();
  await call(store);
});

it('gives up when the connection is lost again', async () => {
  line.loseNextQuestion();
  const reading = store.artifacts.read(key);
  const failed = expect(reading).rejects.toMatchObject(FAILURE);
  await line.refuse();
  await failed;
});

it.each([
  [
    'before the artifact was added',
    () => {
      line.loseNextQuestion();
    },
  ],
  [
    'when it had been added',
    () => {
      line.loseNextAnswer();
    },
  ],
])('knows that it has added an artifact when the connection is lost %s', async (_when, lose) => {
  lose();
  expect(await store.artifacts.write(key, record)).toBe(true);
  expect(await store.artifacts.read(key)).toEqual(record);
  expect(await store.artifacts.usage()).toEqual(
    new Map([['a', { storedBytes: record.storedBytes, artifacts: 1 }]]),
  );
});

it('knows that another one was first when the connection is lost', async () => {
  await store.artifacts.write(key, other);
  for (const lose of [
    () => {
      line.loseNextQuestion();
    },
    () => {
      line.loseNextAnswer();
    },
  ]) {
    lose();
    expect(await store.artifacts.write(key, record)).toBe(false);
  }
  expect(await store.artifacts.read(key)).toEqual(other);
});

it('knows what it has added when the database was about it as the connection was lost', async () => {
  for (let number = 2; number < 50; number += 1) {
    const artifact = artifactOf('a', number);
    line.loseConnection();
    expect(await store.artifacts.write(artifact.key, artifact.record)).toBe(true);
  }
  expect(await store.artifacts.usage()).toEqual(
    new Map([['a', { storedBytes: 48, artifacts: 48 }]]),
  );
});

it('does not do again what could then have been done twice', async () => {
  await store.artifacts.write(key, record);
  line.loseNextAnswer();
  const touching = store.artifacts.touch(new Map([[record.blob, { accessedAtMs: 1, hits: 1 }]]));
  await expect(touching).rejects.toMatchObject(FAILURE);
  expect(await store.artifacts.read(key)).toMatchObject({ hits: 1 });
});

it('lives on when its idle connections are lost, and tells of it', async () => {
  const told = database.troubles.length;
  line.cut();
  await until(() => database.troubles.length > told);
  expect(database.troubles.at(-1)?.message).toContain('idle connection');
  await store.check();
});

it('answers all reads while the database ends its connections', async () => {
  await store.artifacts.write(key, record);
  let reads = 0;
  let isOver = false;
  const readers = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      expect(await store.artifacts.read(key)).toEqual(record);
      reads += 1;
    }
  });
  for (let round = 0; round < 10; round += 1) {
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    // What is read a second time is not cut off a second time.
    const before = reads;
    await until(() => reads > before + 50);
  }
  isOver = true;
  await Promise.all(readers);
});

it.each([...CALLS, ...PROMPT_CALLS.slice(-2)])(
  'fails at once in "%s" while the database is down, and works again when it is back',
  async (_name, call) => {
    await line.refuse();
    const startedAt = Date.now();
    await expect(call(store)).rejects.toMatchObject(FAILURE);
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    await line.accept();
    await call(store);
  },
);

it.each(PROMPT_CALLS)(
  'fails within about 3 s in "%s" while the database says nothing, and works again afterwards',
  async (_name, call) => {
    line.stall();
    const startedAt = Date.now();
    // More than there are connections: some of them wait for one.
    const calls = await Promise.allSettled(Array.from({ length: 6 }, () => call(store)));
    expect(Date.now() - startedAt).toBeLessThan(3_800);
    expect(calls.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
    for (const one of calls) expect(one).toMatchObject({ reason: FAILURE });
    line.flow();
    await call(store);
  },
);

it('is closed in good time while the database says nothing', async () => {
  await Promise.all([store.check(), store.check(), store.check()]);
  line.stall();
  const startedAt = Date.now();
  const check = store.check().catch((error: unknown) => error);
  await store.close();
  expect(Date.now() - startedAt).toBeLessThan(3_800);
  expect(await check).toMatchObject(FAILURE);
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('Waited in vain.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
