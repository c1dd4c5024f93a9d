import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTemporaryFolder,
  removeTemporaryFolders,
} from '../testing/start-server.fixture.ts';
import { createIdentityFile } from './filesystem/identity-file.ts';
import { createFilesystemBlobStore } from './filesystem/filesystem-blob-store.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import type { MetadataStore } from './metadata-store.ts';
import { adoptIndex, requirePair } from './store-identity.ts';

const NAME = 'aa00000000000000000000000000000a';

const opened: MetadataStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});
afterAll(removeTemporaryFolders);

async function openIndex(): Promise<MetadataStore> {
  const index = await openSqliteStore(join(await createTemporaryFolder(), 'larder.sqlite'));
  opened.push(index);
  return index;
}

async function openBlobs(folder?: string) {
  const path = folder ?? (await createTemporaryFolder());
  return {
    path,
    ...(await createFilesystemBlobStore(path)),
    ...createIdentityFile(join(path, 'larder.store')),
  };
}

async function store(blobs: Awaited<ReturnType<typeof openBlobs>>): Promise<void> {
  await blobs.write(NAME, one('abc'), { sizeBytes: 3, description: {} });
}

const refusal = { code: 'LARDER_SERVER_INDEX_MISSING' };

it('makes a pair of an index and blobs that are both new, and knows it again', async () => {
  const [index, blobs] = [await openIndex(), await openBlobs()];
  await requirePair({ index, blobs });
  expect(await index.readIdentity()).toBe(await blobs.readIdentity());
  await store(blobs);
  await requirePair({ index, blobs: await openBlobs(blobs.path) });
});

it('makes one pair when several servers start at the same time', async () => {
  const [index, blobs] = [await openIndex(), await openBlobs()];
  await Promise.all([1, 2, 3, 4].map(() => requirePair({ index, blobs })));
  expect(await index.readIdentity()).toBe(await blobs.readIdentity());
});

it('refuses an index that does not know the blobs', async () => {
  const blobs = await openBlobs();
  await requirePair({ index: await openIndex(), blobs });
  await expect(requirePair({ index: await openIndex(), blobs })).rejects.toMatchObject(refusal);
});

it('refuses blobs of nobody knows whom', async () => {
  const blobs = await openBlobs();
  await store(blobs);
  await expect(requirePair({ index: await openIndex(), blobs })).rejects.toMatchObject(refusal);
  expect(await blobs.readIdentity()).toBeNull();
});

it('refuses an index of other blobs', async () => {
  const [index, other] = [await openIndex(), await openIndex()];
  const blobs = await openBlobs();
  await requirePair({ index, blobs });
  await requirePair({ index: other, blobs: await openBlobs() });
  await expect(requirePair({ index: other, blobs })).rejects.toMatchObject(refusal);
});

it('lets an index go on with a new place for its blobs', async () => {
  const index = await openIndex();
  await requirePair({ index, blobs: await openBlobs() });
  const blobs = await openBlobs();
  await requirePair({ index, blobs });
  expect(await blobs.readIdentity()).toBe(await index.readIdentity());
});

it('adopts a new index for blobs of which the old one is lost, and no other', async () => {
  const blobs = await openBlobs();
  await requirePair({ index: await openIndex(), blobs });
  await store(blobs);
  const index = await openIndex();
  await adoptIndex({ index, blobs });
  await requirePair({ index, blobs });

  const other = await openIndex();
  await requirePair({ index: other, blobs: await openBlobs() });
  await expect(adoptIndex({ index: other, blobs })).rejects.toMatchObject(refusal);
});

it('never writes an identity over another one', async () => {
  const path = join(await createTemporaryFolder(), 'larder.store');
  await writeFile(path, 'first\n');
  const file = createIdentityFile(path);
  await file.writeIdentity('second');
  expect(await file.readIdentity()).toBe('first');
});

// eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
async function* one(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
}
