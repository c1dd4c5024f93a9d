import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  createTemporaryFolder,
  removeTemporaryFolders,
} from '../../testing/start-server.fixture.ts';
import type { BlobStore } from '../blob-store.ts';
import { describeBlobStore } from '../blob-store-contract.fixture.ts';
import { createFilesystemBlobStore } from './filesystem-blob-store.ts';

const NAME = 'aa00000000000000000000000000000a';
const OTHER_NAME = 'aa00000000000000000000000000000b';

afterAll(removeTemporaryFolders);

describeBlobStore('a folder', async () => {
  const folder = await createTemporaryFolder();
  return {
    store: await createFilesystemBlobStore(folder),
    shorten: (name, sizeBytes) =>
      truncate(join(folder, 'blobs', name.slice(0, 2), name), sizeBytes),
  };
});

it('leaves no file behind when a write fails', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await expect(store.write(NAME, one('abc'), { sizeBytes: 4, description: {} })).rejects.toThrow(
    'shorter',
  );
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
});

it('removes what an interrupted write left, and nothing else', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await store.write(NAME, one('abc'), { sizeBytes: 3, description: {} });
  await writeFile(join(folder, 'uploads', 'ab00000000000000000000000000000a'), 'half');
  await store.removeLeftovers();
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  expect(await store.list('aa')).toEqual([NAME]);
});

it('serves files without a trailer as they are', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await mkdir(join(folder, 'blobs', 'aa'));
  await writeFile(join(folder, 'blobs', 'aa', NAME), 'of an earlier version');
  expect(await store.stat(NAME)).toEqual({ sizeBytes: 21 });
  expect(String(await read(store, NAME))).toBe('of an earlier version');
  expect(await store.describe(NAME)).toBeNull();
});

it('never takes the end of an artifact for a trailer', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await store.write(OTHER_NAME, one('abc'), { sizeBytes: 3, description: { team: 'another' } });
  const file = await readFile(join(folder, 'blobs', 'aa', OTHER_NAME));

  await writeFile(join(folder, 'blobs', 'aa', NAME), file);
  expect((await read(store, NAME)).equals(file)).toBe(true);
  expect(await store.describe(NAME)).toBeNull();

  await store.remove(NAME);
  const own = { sizeBytes: file.length, description: { team: 'own' } };
  await store.write(NAME, one(file), own);
  expect((await read(store, NAME)).equals(file)).toBe(true);
  expect(await store.describe(NAME)).toMatchObject(own);
});

it('has no description of a file in whose trailer any byte has changed', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await store.write(NAME, one('abc'), { sizeBytes: 3, description: { team: 'a' } });
  const path = join(folder, 'blobs', 'aa', NAME);
  const file = await readFile(path);
  for (let position = 3; position < file.length; position += 1) {
    const damaged = Buffer.from(file);
    damaged[position] = (damaged[position] ?? 0) ^ 1;
    await writeFile(path, damaged);
    expect({ position, description: await store.describe(NAME) }).toEqual({
      position,
      description: null,
    });
  }
});

it('keeps what is in quarantine out of the way, for the owner alone', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await store.write(NAME, one('abc'), { sizeBytes: 3, description: {} });
  const file = await readFile(join(folder, 'blobs', 'aa', NAME));
  await store.quarantine(NAME);
  expect((await readFile(join(folder, 'quarantine', NAME))).equals(file)).toBe(true);
  expect((await stat(join(folder, 'quarantine'))).mode & 0o777).toBe(0o700);
});

it('lets nobody else read what it stores', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await store.write(NAME, one('abc'), { sizeBytes: 3, description: {} });
  const modes = await Promise.all(
    ['blobs', 'uploads', 'blobs/aa', `blobs/aa/${NAME}`].map(
      async (path) => (await stat(join(folder, path))).mode & 0o777,
    ),
  );
  expect(modes).toEqual([0o700, 0o700, 0o700, 0o600]);
});

it('reports a file system that fails', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await writeFile(join(folder, 'blobs', 'aa'), 'a file where a folder should be');
  const failure = { code: 'LARDER_SERVER_STORAGE_FAILED' };
  await expect(
    store.write(NAME, one('abc'), { sizeBytes: 3, description: {} }),
  ).rejects.toMatchObject(failure);
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  await expect(store.read(NAME)).rejects.toMatchObject(failure);
  await expect(store.stat(NAME)).rejects.toMatchObject(failure);
  await expect(store.list('aa')).rejects.toMatchObject(failure);
  await mkdir(join(folder, 'uploads', 'a folder'));
  await expect(store.removeLeftovers()).rejects.toMatchObject(failure);
});

async function read(store: BlobStore, name: string): Promise<Buffer> {
  const open = await store.read(name);
  return buffer(open!.stream);
}

// eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
async function* one(content: string | Buffer): AsyncGenerator<Buffer> {
  yield typeof content === 'string' ? Buffer.from(content) : content;
}
