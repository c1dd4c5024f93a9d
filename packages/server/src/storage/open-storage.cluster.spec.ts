// The same contract over every pair of blobs and index.
import { rm } from 'node:fs/promises';
import { DEFAULT_OPTIONS } from '../options/server-options.ts';
import {
  createTemporaryFolder,
  removeTemporaryFolders,
} from '../testing/start-server.fixture.ts';
import { databaseFile } from './data-directory.ts';
import type { StorageOptions } from './open-storage.ts';
import { createTestDatabase } from './postgres/test-database.fixture.ts';
import { createTestBucket } from './s3/s3-bucket.fixture.ts';
import { describeStorage } from './storage-contract.fixture.ts';

const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
afterAll(removeTemporaryFolders);

async function inFolder(): Promise<StorageOptions> {
  return { ...DEFAULT_OPTIONS, dataDirectory: await createTemporaryFolder() };
}

async function inBucket(): Promise<Pick<StorageOptions, 's3'>> {
  const bucket = await createTestBucket();
  opened.push(bucket);
  return { s3: bucket.options };
}

async function inDatabase(): Promise<Pick<StorageOptions, 'databaseUrl'>> {
  const database = await createTestDatabase();
  opened.push({ close: () => database.drop() });
  return { databaseUrl: database.url };
}

describeStorage('a bucket with SQLite', async () => {
  const options = { ...(await inFolder()), ...(await inBucket()) };
  return {
    options,
    loseIndex: async () => {
      await rm(databaseFile(options.dataDirectory));
      return options;
    },
  };
});

describeStorage('a data folder with PostgreSQL', async () => {
  const options = { ...(await inFolder()), ...(await inDatabase()) };
  return { options, loseIndex: async () => ({ ...options, ...(await inDatabase()) }) };
});

describeStorage('a bucket with PostgreSQL', async () => {
  const options = { ...(await inFolder()), ...(await inBucket()), ...(await inDatabase()) };
  return { options, loseIndex: async () => ({ ...options, ...(await inDatabase()) }) };
});

describeStorage('a data folder with SQLite', async () => {
  const options = await inFolder();
  return {
    options,
    loseIndex: async () => {
      await rm(databaseFile(options.dataDirectory));
      return options;
    },
  };
});
