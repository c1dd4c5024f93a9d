import { randomBytes } from 'node:crypto';
import {
  createTestBucket,
  LARGE_BYTES,
  TEST_BLOB_KEY,
  TEST_DESCRIPTION,
  TEST_DESCRIPTION_KEY,
  TEST_NAME,
  TEST_PREFIX,
  type TestBucket,
  writeTestBlob,
} from './s3-bucket.fixture.ts';

let bucket: TestBucket;

beforeEach(async () => {
  bucket = await createTestBucket();
});
afterEach(() => bucket.close());

describe('what uploads of other servers have left', () => {
  async function beginUpload(name: string): Promise<void> {
    const Key = `${TEST_PREFIX}blobs/aa/${name}`;
    await bucket.client.createMultipartUpload({ Bucket: bucket.name, Key });
    await bucket.client.putObject({
      ...{ Bucket: bucket.name, Key: `${TEST_PREFIX}descriptions/aa/${name}`, Body: '{}' },
    });
  }
  const DAY_MS = 24 * 3_600_000;

  it('is removed when it is more than a day old, with its description', async () => {
    await beginUpload(TEST_NAME);
    const store = await bucket.openStore({}, { now: () => Date.now() + DAY_MS + 60_000 });
    await store.removeLeftovers();
    expect(await bucket.uploads()).toEqual([]);
    expect(await bucket.keys()).toEqual([]);
  });

  it('stays for a day, as does whatever is not of blobs', async () => {
    await beginUpload(TEST_NAME);
    await (await bucket.openStore()).removeLeftovers();
    const later = { now: () => Date.now() + DAY_MS - 60_000 };
    await (await bucket.openStore({}, later)).removeLeftovers();
    const elsewhere = { now: () => Date.now() + 2 * DAY_MS };
    await (await bucket.openStore({ prefix: 'other/' }, elsewhere)).removeLeftovers();
    expect(await bucket.uploads()).toEqual([TEST_BLOB_KEY]);
    expect(await bucket.keys()).toEqual([TEST_DESCRIPTION_KEY]);
  });

  it('is no description of a blob that is there', async () => {
    const content = randomBytes(LARGE_BYTES);
    const store = await bucket.openStore({}, { now: () => Date.now() + 2 * DAY_MS });
    const written = await writeTestBlob(store, TEST_NAME, content);
    await bucket.client.createMultipartUpload({ Bucket: bucket.name, Key: TEST_BLOB_KEY });
    await store.removeLeftovers();
    expect(await bucket.uploads()).toEqual([]);
    expect(await store.describe(TEST_NAME)).toEqual({ ...written, description: TEST_DESCRIPTION });
  });
});
