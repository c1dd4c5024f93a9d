import { describeArtifact } from '../artifacts/artifact-description.ts';
import type { ArtifactKey } from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { databaseFile } from '../storage/data-directory.ts';
import { createFilesystemBlobStore } from '../storage/filesystem/filesystem-blob-store.ts';
import type { MetadataStore } from '../storage/metadata-store.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { createTemporaryFolder, removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { rebuildIndex } from './rebuild-index.ts';

const KEY: ArtifactKey = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' };
const NAMES = ['aa00000000000000000000000000000a', 'bb00000000000000000000000000000a'];

let blobs: BlobStore;
let metadata: MetadataStore;

beforeEach(async () => {
  const folder = await createTemporaryFolder();
  blobs = await createFilesystemBlobStore(folder);
  metadata = await openSqliteStore(databaseFile(folder));
});
afterEach(() => metadata.close());
afterAll(removeTemporaryFolders);

async function writeBlob(name: string, createdAtMs: number): Promise<void> {
  const description = describeArtifact(KEY, {
    durationMs: null,
    tag: null,
    sha: null,
    dirtyHash: null,
    clientCi: null,
    isClientInteractive: null,
    writer: 'ci',
    tokenId: 'b2a1',
    repository: null,
    ref: null,
    run: null,
    address: null,
    createdAtMs,
  });
  await blobs.write(name, one(), { sizeBytes: 3, description });
}

it.each([
  [0, [1, 2]],
  [1, [2, 1]],
  [0, [1, 1]],
])('keeps file %i of two of one key that were written at %j', async (winner, times) => {
  for (const [number, name] of NAMES.entries()) await writeBlob(name, times[number]!);
  expect(await rebuildIndex(blobs, metadata.artifacts)).toEqual({
    added: 1,
    kept: 0,
    removedRecords: 0,
    removedDuplicates: 1,
    undescribed: 0,
  });
  expect((await metadata.artifacts.read(KEY))?.blob).toBe(NAMES[winner]);
  expect(await blobs.stat(NAMES[1 - winner]!)).toBeNull();
  expect(await blobs.stat(NAMES[winner]!)).toEqual({ sizeBytes: 3 });
});

it('changes nothing when it is done again', async () => {
  await writeBlob(NAMES[0]!, 1);
  await rebuildIndex(blobs, metadata.artifacts);
  const record = await metadata.artifacts.read(KEY);
  expect(await rebuildIndex(blobs, metadata.artifacts)).toMatchObject({ added: 0, kept: 1 });
  expect(await metadata.artifacts.read(KEY)).toEqual(record);
});

// eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
async function* one(): AsyncGenerator<Buffer> {
  yield Buffer.from('abc');
}
