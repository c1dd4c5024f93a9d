import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import Database from 'libsql';
import {
  createTemporaryFolder,
  removeTemporaryFolders,
} from '../../testing/start-server.fixture.ts';
import { describeArtifactIndex } from '../artifact-index-contract.fixture.ts';
import { describeLeases } from '../lease-contract.fixture.ts';
import { describeTokenStore } from '../token-store-contract.fixture.ts';
import { addOldUsage, expectOldUsage } from '../sql/old-usage.fixture.ts';
import { describeUsageStore } from '../usage-store-contract.fixture.ts';
import type { ArtifactOrder } from '../artifact-index.ts';
import { migrationProvider } from './database-migrations.ts';
import { ORDER_EXPRESSIONS } from './sqlite-artifact-index.ts';
import { openSqliteStore } from './sqlite-store.ts';

afterAll(removeTemporaryFolders);

/** A file as the first version of the tables left it, with one artifact. */
const FIRST_VERSION = `
  create table kysely_migration (name varchar(255) not null primary key, timestamp varchar(255) not null);
  create table kysely_migration_lock (id varchar(255) not null primary key, is_locked integer default 0 not null);
  insert into kysely_migration_lock values ('migration_lock', 0);
  insert into kysely_migration values ('0001-artifact', '2026-01-01T00:00:00.000Z');
  create table artifact (
    team text not null, scope text not null, api text not null, hash text not null,
    blob text not null unique, size_bytes integer not null, sha256 text not null,
    duration_ms integer, tag text, sha text, dirty_hash text, client_ci text,
    client_interactive integer, writer text not null, created_at_ms integer not null,
    accessed_at_ms integer not null, primary key (team, scope, api, hash)
  ) strict;
  insert into artifact values
    ('a', 'trusted', 'artifacts', 'h', 'aa', 5, 'ff', 1, null, null, null, null, null, 'ci', 1, 1);
`;

async function createPath(): Promise<string> {
  return join(await createTemporaryFolder(), 'larder.sqlite');
}

describeArtifactIndex('a SQLite file', async () => {
  const path = await createPath();
  let store = await openSqliteStore(path);
  return {
    index: store.artifacts,
    reopen: async () => {
      await store.close();
      store = await openSqliteStore(path);
      return store.artifacts;
    },
    close: () => store.close(),
  };
});

describeTokenStore('a SQLite file', async () => {
  const store = await openSqliteStore(await createPath());
  return { store: store.tokens, close: () => store.close() };
});

describeUsageStore('a SQLite file', async () => {
  const store = await openSqliteStore(await createPath());
  return { store: store.usage, close: () => store.close() };
});

describeLeases('a SQLite file', async () => {
  const store = await openSqliteStore(await createPath());
  return { leases: store.leases, close: () => store.close() };
});

it('lets nobody else read the file or those beside it', async () => {
  const path = await createPath();
  const store = await openSqliteStore(path);
  const modes = await Promise.all(
    ['', '-wal', '-shm'].map(async (suffix) => (await stat(path + suffix)).mode & 0o777),
  );
  await store.close();
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

it('leaves everything in the one file when it is closed', async () => {
  const path = await createPath();
  await (await openSqliteStore(path)).close();
  expect((await stat(`${path}-wal`)).size).toBe(0);
});

it('refuses a file that is no database', async () => {
  const path = await createPath();
  await writeFile(path, 'no database, but long enough to have had a header'.repeat(100));
  await expect(openSqliteStore(path)).rejects.toMatchObject({
    code: 'LARDER_SERVER_INDEX_INCOMPATIBLE',
  });
});

it('refuses a file that a newer version wrote', async () => {
  const path = await createPath();
  await (await openSqliteStore(path)).close();
  const database = new Database(path);
  database.exec("insert into kysely_migration values ('9999-future', '2099-01-01')");
  database.close();
  await expect(openSqliteStore(path)).rejects.toMatchObject({
    code: 'LARDER_SERVER_INDEX_INCOMPATIBLE',
    hint: expect.stringContaining('version') as string,
  });
});

it('does not change the tables of a file that an older server has open', async () => {
  const path = await createPath();
  await (await openSqliteStore(path)).close();
  const database = new Database(path);
  database.exec("delete from kysely_migration where name like '0004%'");
  database.close();
  await expect(openSqliteStore(path, { isShared: true })).rejects.toMatchObject({
    code: 'LARDER_SERVER_INDEX_INCOMPATIBLE',
    message: expect.stringContaining('older version') as string,
  });
});

it('brings a file of the first version up to date and keeps what is in it', async () => {
  const path = await createPath();
  const database = new Database(path);
  database.exec(FIRST_VERSION);
  database.close();
  const store = await openSqliteStore(path);
  const record = await store.artifacts.read({
    team: 'a',
    scope: 'trusted',
    api: 'artifacts',
    hash: 'h',
  });
  const usage = await store.artifacts.usage();
  await store.close();
  expect(record).toMatchObject({ blob: 'aa', writer: 'ci', tokenId: '', repository: null });
  expect([record?.storedBytes, record?.hits, usage]).toEqual([
    5,
    0,
    new Map([['a', { storedBytes: 5, artifacts: 1 }]]),
  ]);
});

it('makes days of the hours that an older version counted', async () => {
  const path = await createPath();
  const database = new Kysely<unknown>({
    dialect: new SqliteDialect({ database: new Database(path) }),
  });
  await new Migrator({ db: database, provider: migrationProvider }).migrateTo('0005-identity');
  await addOldUsage(database);
  await database.destroy();
  const store = await openSqliteStore(path);
  await expectOldUsage(store.usage);
  await store.close();
});

it('reports a store that is closed', async () => {
  const store = await openSqliteStore(await createPath());
  await store.close();
  const key = { team: '', scope: 'trusted', api: 'nx' } as const;
  await expect(store.artifacts.readMany(key, ['a'])).rejects.toMatchObject({
    code: 'LARDER_SERVER_STORAGE_FAILED',
  });
  await expect(store.tokens.list()).rejects.toMatchObject({ code: 'LARDER_SERVER_STORAGE_FAILED' });
});

it.each<[ArtifactOrder, string]>([
  ['size', 'artifact_by_size'],
  ['hits', 'artifact_by_hits'],
  ['saved', 'artifact_by_saved'],
  ['recent', 'artifact_by_creation'],
])('lists artifacts by %s without sorting all of them', async (order, index) => {
  const path = await createPath();
  await (await openSqliteStore(path)).close();
  const database = new Database(path);
  const plan = database
    .prepare(
      `explain query plan select * from artifact where team = ? and scope = ?
       and ${ORDER_EXPRESSIONS[order]} > 0 order by ${ORDER_EXPRESSIONS[order]} desc limit 10`,
    )
    .all(['', 'trusted']) as { detail: string }[];
  database.close();
  const details = plan.map(({ detail }) => detail).join('; ');
  expect(details).toContain(index);
  expect(details).not.toContain('TEMP B-TREE');
});

// A query of all hashes that fit into a request blocked everybody else for as long as it took.
it('gives others their turn while it looks up thousands of artifacts', async () => {
  const store = await openSqliteStore(await createPath());
  let turns = 0;
  let isOver = false;
  const takeTurns = () => {
    turns += 1;
    if (!isOver) setImmediate(takeTurns);
  };
  setImmediate(takeTurns);
  const hashes = Array.from({ length: 5_000 }, (_value, index) => `h${index}`);
  await store.artifacts.readMany({ team: '', scope: 'trusted', api: 'artifacts' }, hashes);
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(10);
  await store.close();
});
