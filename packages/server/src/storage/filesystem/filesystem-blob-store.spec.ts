import { mkdir, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTemporaryFolder,
  removeTemporaryFolders,
} from '../../testing/start-server.fixture.ts';
import { describeBlobStore } from '../blob-store-contract.fixture.ts';
import { createFilesystemBlobStore } from './filesystem-blob-store.ts';

const NAME = 'aa00000000000000000000000000000a';

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
  await expect(store.write(NAME, one('abc'), { sizeBytes: 4 })).rejects.toThrow('shorter');
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
});

it('removes what an interrupted write left, and nothing else', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await store.write(NAME, one('abc'), { sizeBytes: 3 });
  await writeFile(join(folder, 'uploads', 'ab00000000000000000000000000000a'), 'half');
  await store.removeLeftovers();
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  expect(await store.list('aa')).toEqual([NAME]);
});

it('lets nobody else read what it stores', async () => {
  const folder = await createTemporaryFolder();
  const store = await createFilesystemBlobStore(folder);
  await store.write(NAME, one('abc'), { sizeBytes: 3 });
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
  await expect(store.write(NAME, one('abc'), { sizeBytes: 3 })).rejects.toMatchObject(failure);
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  await expect(store.read(NAME)).rejects.toMatchObject(failure);
  await expect(store.stat(NAME)).rejects.toMatchObject(failure);
  await expect(store.list('aa')).rejects.toMatchObject(failure);
  await mkdir(join(folder, 'uploads', 'a folder'));
  await expect(store.removeLeftovers()).rejects.toMatchObject(failure);
});

// eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
async function* one(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
}
