import type { ArtifactIndex, ArtifactKey, ArtifactRecord } from '../storage/artifact-index.ts';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { migrateStorage } from './migrate-storage.ts';

const KEY: ArtifactKey = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' };

let source: TestStores;
let target: TestStores;

beforeEach(async () => {
  [source, target] = [await openTestStores(), await openTestStores()];
});
afterEach(async () => {
  for (const store of [source, target]) await store.close();
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
  return migrateStorage({ from: source, to: { ...target, index } });
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
