import type { ArtifactKey } from '../storage/artifact-index.ts';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { rebuildIndex } from './rebuild-index.ts';

const KEY: ArtifactKey = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' };
const NAMES = ['aa00000000000000000000000000000a', 'bb00000000000000000000000000000a'];

let stores: TestStores;

beforeEach(async () => {
  stores = await openTestStores();
});
afterEach(() => stores.close());
afterAll(removeTemporaryFolders);

/** Stores an artifact that the index does not know. */
async function storeUnknown(blob: string, createdAtMs: number): Promise<void> {
  await storeArtifact(stores, KEY, { body: 'abc', blob, createdAtMs });
  await stores.index.remove(KEY, blob);
}

it.each([
  [0, [1, 2]],
  [1, [2, 1]],
  [0, [1, 1]],
])('keeps file %i of two of one key that were written at %j', async (winner, times) => {
  for (const [number, name] of NAMES.entries()) await storeUnknown(name, times[number]!);
  expect(await rebuildIndex(stores)).toEqual({
    added: 1,
    kept: 0,
    removedRecords: 0,
    removedDuplicates: 1,
    undescribed: 0,
  });
  expect((await stores.index.read(KEY))?.blob).toBe(NAMES[winner]);
  expect(await stores.blobs.stat(NAMES[1 - winner]!)).toBeNull();
  expect(await stores.blobs.stat(NAMES[winner]!)).toEqual({ sizeBytes: 3 });
});

it('changes nothing when it is done again', async () => {
  await storeUnknown(NAMES[0]!, 1);
  await rebuildIndex(stores);
  const record = await stores.index.read(KEY);
  expect(await rebuildIndex(stores)).toMatchObject({ added: 0, kept: 1 });
  expect(await stores.index.read(KEY)).toEqual(record);
});
