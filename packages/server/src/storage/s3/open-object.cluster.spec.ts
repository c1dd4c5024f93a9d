import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import {
  createTestBucket,
  LARGE_BYTES,
  TEST_BLOB_KEY,
  TEST_NAME,
  type TestBucket,
  until,
  writeTestBlob,
} from './s3-bucket.fixture.ts';

const FAILURE = { code: 'LARDER_SERVER_STORAGE_FAILED' };

let bucket: TestBucket;

beforeEach(async () => {
  bucket = await createTestBucket();
});
afterEach(() => bucket.close());

describe('a download', () => {
  it.each([
    ['one request', 4_000_000],
    ['several parts', LARGE_BYTES],
  ])('goes on where it broke off, of a blob of %s', async (_what, sizeBytes) => {
    const store = await bucket.openStore();
    const content = randomBytes(sizeBytes);
    await writeTestBlob(store, TEST_NAME, content);
    bucket.proxy.inject({ match: /^GET .*blobs/, afterBytes: 1_000_000, how: 'cut', times: 3 });
    const open = await store.read(TEST_NAME);
    expect((await buffer(open!.stream)).equals(content)).toBe(true);
    const gets = bucket.proxy.requests.filter((head) => head.startsWith('GET'));
    expect(gets).toHaveLength(4);
    for (const head of gets.slice(1)) {
      expect(head).toMatch(/^range: bytes=\d+-$/im);
      expect(head).toMatch(/^if-match: \S+$/im);
    }
  });

  it('goes on with another connection when nothing comes over one', async () => {
    const store = await bucket.openStore({}, { timeouts: { downloadIdleMs: 200 } });
    const content = randomBytes(4_000_000);
    await writeTestBlob(store, TEST_NAME, content);
    bucket.proxy.inject({ match: /^GET .*blobs/, afterBytes: 1_000_000, how: 'stall', times: 2 });
    const open = await store.read(TEST_NAME);
    expect((await buffer(open!.stream)).equals(content)).toBe(true);
  });

  it('is not taken for stalled while nobody reads it', async () => {
    const store = await bucket.openStore({}, { timeouts: { downloadIdleMs: 100 } });
    const content = randomBytes(4_000_000);
    await writeTestBlob(store, TEST_NAME, content);
    const { stream } = (await store.read(TEST_NAME))!;
    await once(stream, 'readable');
    const first = stream.read(1) as Buffer;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const rest = await buffer(stream);
    expect(Buffer.concat([first, rest]).equals(content)).toBe(true);
    expect(bucket.proxy.requests.filter((head) => head.startsWith('GET'))).toHaveLength(1);
  });

  it('fails when it breaks again and again', async () => {
    const store = await bucket.openStore();
    await writeTestBlob(store, TEST_NAME, randomBytes(4_000_000));
    bucket.proxy.inject({ match: /^GET .*blobs/, afterBytes: 100_000, how: 'cut' });
    const open = await store.read(TEST_NAME);
    await expect(buffer(open!.stream)).rejects.toMatchObject({
      ...FAILURE,
      message: expect.stringMatching(/broke off after \d+ of 4000000 bytes/) as string,
    });
  });

  it('fails when the object is another one by then', async () => {
    const store = await bucket.openStore();
    await writeTestBlob(store, TEST_NAME, randomBytes(4_000_000));
    bucket.proxy.inject({ match: /^GET .*blobs/, afterBytes: 1_000_000, how: 'cut', times: 1 });
    const open = await store.read(TEST_NAME);
    const Body = randomBytes(4_000_000);
    await bucket.client.putObject({ Bucket: bucket.name, Key: TEST_BLOB_KEY, Body });
    await expect(buffer(open!.stream)).rejects.toMatchObject(FAILURE);
  });

  it('ends its request when nobody wants it any more', async () => {
    const store = await bucket.openStore();
    await writeTestBlob(store, TEST_NAME, randomBytes(4_000_000));
    bucket.proxy.cutAll();
    const { stream } = (await store.read(TEST_NAME))!;
    expect(bucket.proxy.connections()).toBe(1);
    stream.destroy();
    await until(() => bucket.proxy.connections() === 0);
  });

  it('gives its connection back when it is through', async () => {
    const store = await bucket.openStore();
    await writeTestBlob(store, TEST_NAME, randomBytes(4_000_000));
    bucket.proxy.cutAll();
    for (let round = 0; round < 3; round += 1) {
      const { stream } = (await store.read(TEST_NAME))!;
      await buffer(stream);
    }
    expect(bucket.proxy.connections()).toBe(1);
  });
});
