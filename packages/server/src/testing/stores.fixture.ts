// Real stores in a folder of their own, without a server.
import { randomBytes } from 'node:crypto';
import { describeArtifact } from '../artifacts/artifact-description.ts';
import type { ArtifactIndex, ArtifactKey, ArtifactRecord } from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Leases } from '../storage/leases.ts';
import { databaseFile } from '../storage/data-directory.ts';
import { createFilesystemBlobStore } from '../storage/filesystem/filesystem-blob-store.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { createTemporaryFolder } from './start-server.fixture.ts';

export interface TestStores {
  folder: string;
  blobs: BlobStore;
  index: ArtifactIndex;
  leases: Leases;
  tokens: TokenStore;
  close(): Promise<void>;
}

export async function openTestStores(): Promise<TestStores> {
  const folder = await createTemporaryFolder();
  const blobs = await createFilesystemBlobStore(folder);
  const metadata = await openSqliteStore(databaseFile(folder));
  const { artifacts: index, leases, tokens } = metadata;
  return { folder, blobs, index, leases, tokens, close: () => metadata.close() };
}

/** Stores an artifact whose client said nothing about it. */
export async function storeArtifact(
  { blobs, index }: Pick<TestStores, 'blobs' | 'index'>,
  key: ArtifactKey,
  artifact: { body: string | Buffer; blob?: string; createdAtMs?: number },
): Promise<ArtifactRecord> {
  const { body, createdAtMs = 0, blob = randomBytes(16).toString('hex') } = artifact;
  const origin = {
    durationMs: null,
    tag: null,
    sha: null,
    dirtyHash: null,
    clientCi: null,
    isClientInteractive: null,
    writer: 'tester',
    tokenId: '',
    repository: null,
    ref: null,
    run: null,
    address: null,
    createdAtMs,
  };
  const bytes = Buffer.from(body);
  const written = await blobs.write(blob, one(bytes), {
    sizeBytes: bytes.length,
    description: describeArtifact(key, origin),
  });
  const record = { ...origin, ...written, blob, accessedAtMs: createdAtMs, hits: 0 };
  await index.write(key, record);
  return record;
}

// eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
