import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactKey } from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { verifyArtifacts } from './verify-artifacts.ts';

const KEY: ArtifactKey = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' };

let stores: TestStores;

beforeEach(async () => {
  stores = await openTestStores();
});
afterEach(() => stores.close());
afterAll(removeTemporaryFolders);

it('does not miss an artifact that is evicted while it is about to be read', async () => {
  const { blobs, index } = stores;
  await storeArtifact(stores, KEY, { body: 'bytes' });
  const evicting: BlobStore = {
    ...blobs,
    async read(name) {
      await index.remove(KEY, name);
      await blobs.remove(name);
      return blobs.read(name);
    },
  };
  expect(await verifyArtifacts({ blobs: evicting, index })).toMatchObject({
    artifacts: 0,
    missing: [],
    orphans: [],
  });
});

it('leaves alone what it cannot read', async () => {
  const { blob } = await storeArtifact(stores, KEY, { body: 'bytes' });
  const path = join(stores.folder, 'blobs', blob.slice(0, 2), blob);
  await rm(path);
  await mkdir(path);
  const { unreadable, quarantined } = await verifyArtifacts(stores);
  expect([unreadable, quarantined]).toMatchObject([[{ key: KEY, blob }], []]);
  expect(await stores.index.read(KEY)).not.toBeNull();
});

it('tells how far it has come after each artifact', async () => {
  for (const hash of ['a', 'b', 'c']) {
    await storeArtifact(stores, { ...KEY, hash }, { body: 'bytes' });
  }
  const told: number[] = [];
  await verifyArtifacts({ ...stores, onProgress: ({ bytes }) => told.push(bytes) });
  expect(told).toEqual([5, 10, 15]);
});
