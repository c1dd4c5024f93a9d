import type { ArtifactKey } from '../storage/artifact-index.ts';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { createAccessTimes } from './access-times.ts';

const KEY: ArtifactKey = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' };

let stores: TestStores;
let troubles: string[];

beforeEach(async () => {
  stores = await openTestStores();
  troubles = [];
});
afterEach(() => stores.close());
afterAll(removeTemporaryFolders);

const create = () =>
  createAccessTimes({ index: stores.index, onTrouble: (message) => troubles.push(message) });

const accessedAtMs = async (key = KEY) => (await stores.index.read(key))?.accessedAtMs;

it('keeps the last time and the hits of each artifact to itself until it is flushed', async () => {
  const { blob } = await storeArtifact(stores, KEY, { body: 'bytes', createdAtMs: 1 });
  const accessTimes = create();
  accessTimes.note(blob, { accessedAtMs: 1_001, isHit: true });
  accessTimes.note(blob, { accessedAtMs: 1_002, isHit: false });
  accessTimes.note(blob, { accessedAtMs: 1_003, isHit: true });
  expect(await accessedAtMs()).toBe(1);
  await accessTimes.flush();
  expect(await stores.index.read(KEY)).toMatchObject({ accessedAtMs: 1_003, hits: 2 });
  accessTimes.note(blob, { accessedAtMs: 1_004, isHit: true });
  await accessTimes.flush();
  expect(await stores.index.read(KEY)).toMatchObject({ accessedAtMs: 1_004, hits: 3 });
});

it('flushes more than one batch, and waits for a flush that is under way', async () => {
  const blobs: string[] = [];
  for (let number = 0; number < 150; number += 1) {
    const key = { ...KEY, hash: String(number) };
    blobs.push((await storeArtifact(stores, key, { body: '' })).blob);
  }
  const accessTimes = create();
  for (const [number, blob] of blobs.entries()) {
    accessTimes.note(blob, { accessedAtMs: number + 1, isHit: true });
  }
  void accessTimes.flush();
  await accessTimes.flush();
  const times = [...(await stores.index.readMany(KEY, [...blobs.keys()].map(String))).values()];
  expect(times.map((record) => record.accessedAtMs).sort((a, b) => a - b)).toEqual(
    blobs.map((_blob, number) => number + 1),
  );
});

it('flushes when it is closed', async () => {
  const { blob } = await storeArtifact(stores, KEY, { body: 'bytes' });
  const accessTimes = create();
  accessTimes.note(blob, { accessedAtMs: 7, isHit: true });
  await accessTimes.close();
  expect(await accessedAtMs()).toBe(7);
});

it('tells of an index that cannot be written, and goes on', async () => {
  const { blob } = await storeArtifact(stores, KEY, { body: 'bytes' });
  let isBroken = true;
  const accessTimes = createAccessTimes({
    index: {
      touch: (accesses) =>
        isBroken ? Promise.reject(new Error('no space')) : stores.index.touch(accesses),
    },
    onTrouble: (message) => troubles.push(message),
  });
  accessTimes.note(blob, { accessedAtMs: 7, isHit: true });
  await accessTimes.flush();
  expect(troubles).toEqual(['the times of accesses could not be noted']);
  isBroken = false;
  accessTimes.note(blob, { accessedAtMs: 8, isHit: true });
  await accessTimes.flush();
  expect([await accessedAtMs(), troubles.length]).toEqual([8, 1]);
});
