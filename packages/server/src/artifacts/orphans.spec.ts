import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactKey } from '../storage/artifact-index.ts';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { ORPHAN_AGE_MS, sweepOrphans } from './orphans.ts';

const KEY: ArtifactKey = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' };
const NOW_MS = 1_795_000_000_000;

let stores: TestStores;

beforeEach(async () => {
  stores = await openTestStores();
});
afterEach(() => stores.close());
afterAll(removeTemporaryFolders);

/** Stores an artifact whose blob is this old. */
async function store(hash: string, ageMs: number): Promise<string> {
  const { blob } = await storeArtifact(stores, { ...KEY, hash }, { body: 'bytes' });
  const writtenAt = new Date(NOW_MS - ageMs);
  await utimes(join(stores.folder, 'blobs', blob.slice(0, 2), blob), writtenAt, writtenAt);
  return blob;
}

/** As an upload leaves it that did not come to its record. */
async function storeOrphan(hash: string, ageMs: number): Promise<string> {
  const blob = await store(hash, ageMs);
  await stores.index.remove({ ...KEY, hash }, blob);
  return blob;
}

it('removes old blobs without a record, and nothing else', async () => {
  const recorded = await store('recorded', 2 * ORPHAN_AGE_MS);
  const young = await storeOrphan('young', ORPHAN_AGE_MS - 1);
  const old = await storeOrphan('old', ORPHAN_AGE_MS + 1);
  expect(await sweepOrphans({ ...stores, nowMs: NOW_MS })).toBe(1);
  expect(await stores.blobs.stat(recorded)).not.toBeNull();
  expect(await stores.blobs.stat(young)).not.toBeNull();
  expect(await stores.blobs.stat(old)).toBeNull();
});

it('leaves alone what gets its record after it was listed', async () => {
  const blob = await store('late', 2 * ORPHAN_AGE_MS);
  const key = { ...KEY, hash: 'late' };
  const record = await stores.index.read(key);
  await stores.index.remove(key, blob);
  const blobs = {
    ...stores.blobs,
    list: async (prefix: string, options?: { writtenBeforeMs?: number }) => {
      const names = await stores.blobs.list(prefix, options);
      if (names.includes(blob)) await stores.index.write(key, record!);
      return names;
    },
  };
  expect(await sweepOrphans({ ...stores, blobs, nowMs: NOW_MS })).toBe(0);
  expect(await stores.blobs.stat(blob)).not.toBeNull();
});

it('stops when it is told to', async () => {
  const signal = AbortSignal.abort(new Error('closing'));
  await storeOrphan('old', 2 * ORPHAN_AGE_MS);
  await expect(sweepOrphans({ ...stores, nowMs: NOW_MS, signal })).rejects.toThrow('closing');
});

it('looks at small parts of many artifacts', async () => {
  const recorded = await store('recorded', 2 * ORPHAN_AGE_MS);
  const old = await storeOrphan('old', 2 * ORPHAN_AGE_MS);
  const listed = new Set<string>();
  const index = {
    usage: () => Promise.resolve(new Map([['a', { artifacts: 40_000_000, storedBytes: 0 }]])),
    listBlobs: (prefix: string) => {
      listed.add(prefix);
      return stores.index.listBlobs(prefix);
    },
  };
  expect(await sweepOrphans({ ...stores, index, nowMs: NOW_MS })).toBe(1);
  expect(listed).toEqual(new Set([old, recorded].map((blob) => blob.slice(0, 3))));
});
