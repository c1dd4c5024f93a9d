import type { ArtifactIndex, ArtifactKey, ArtifactRecord } from '../storage/artifact-index.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { databaseFile } from '../storage/data-directory.ts';
import type { MetadataStore } from '../storage/metadata-store.ts';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { migrateStorage, type MigrationStores } from './migrate-storage.ts';

const KEY: ArtifactKey = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' };

let source: TestStores;
let target: TestStores;
let tokens: MetadataStore[];

beforeEach(async () => {
  [source, target] = [await openTestStores(), await openTestStores()];
  tokens = await Promise.all(
    [source, target].map(({ folder }) => openSqliteStore(databaseFile(folder))),
  );
});
afterEach(async () => {
  for (const store of [...tokens, source, target]) await store.close();
});
afterAll(removeTemporaryFolders);

/** Copies into the target while somebody else does something just before a record is written. */
function migrateBeside(meanwhile: (record: ArtifactRecord) => Promise<unknown>) {
  const index: ArtifactIndex = {
    ...target.index,
    async write(key, record) {
      await meanwhile(record);
      return target.index.write(key, record);
    },
  };
  const storesOf = ({ blobs, index: own }: TestStores, number: number): MigrationStores => ({
    blobs,
    index: own,
    tokens: tokens[number]!.tokens,
  });
  return migrateStorage({
    from: storesOf(source, 0),
    to: { ...storesOf(target, 1), index },
  });
}

it('keeps what another migration has copied at the same time', async () => {
  const { blob } = await storeArtifact(source, KEY, { body: 'bytes' });
  const migration = await migrateBeside((record) => target.index.write(KEY, record));
  expect(migration).toMatchObject({ copied: 0, failed: [] });
  expect(await target.index.read(KEY)).toMatchObject({ blob });
  expect(await target.blobs.stat(blob)).toEqual({ sizeBytes: 5 });
});

it('leaves nothing of what a server has stored before it', async () => {
  const { blob } = await storeArtifact(source, KEY, { body: 'bytes' });
  const first = new Set<string>();
  await migrateBeside(async () => {
    if (first.size === 0) first.add((await storeArtifact(target, KEY, { body: 'first' })).blob);
  });
  expect(first).toContain((await target.index.read(KEY))?.blob);
  expect(await target.blobs.stat(blob)).toBeNull();
});
