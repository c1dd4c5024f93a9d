import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describeBlobStore } from '../blob-store-contract.fixture.ts';
import { cutBlob } from './cut-blob.fixture.ts';
import {
  createTestBucket,
  LARGE_BYTES,
  TEST_BLOB_KEY,
  TEST_NAME,
  TEST_PREFIX,
  type TestBucket,
  until,
  writeTestBlob,
} from './s3-bucket.fixture.ts';

const OTHER_NAME = 'aa00000000000000000000000000000b';
const FAILURE = { code: 'LARDER_SERVER_STORAGE_FAILED' };

let bucket: TestBucket;

beforeEach(async () => {
  bucket = await createTestBucket();
});
afterEach(() => bucket.close());

describeBlobStore(
  'a bucket',
  async () => ({
    store: await bucket.openStore(),
    async shorten(name, sizeBytes) {
      await cutBlob(bucket, name, sizeBytes);
      // Engines go on with what they have begun to send.
      bucket.proxy.cutAll();
    },
  }),
  { isRemote: true },
);

describe('a bucket that cannot be asked', () => {
  const TIMEOUTS = { firstByteMs: 300, lookupMs: 400, checkMs: 350 };

  it('is an error in good time, not a miss, when it is silent', async () => {
    const store = await bucket.openStore({}, { timeouts: TIMEOUTS });
    bucket.proxy.inject({ match: /./, how: 'stall' });
    const startedAt = Date.now();
    const asked = await Promise.allSettled([
      store.read(TEST_NAME),
      store.readSmall(TEST_NAME, { sizeBytes: 1, storedBytes: 1 }),
      store.stat(TEST_NAME),
      store.describe(TEST_NAME),
      store.list('aa'),
      store.remove(TEST_NAME),
      store.check(),
    ]);
    for (const one of asked) expect(one).toMatchObject({ status: 'rejected', reason: FAILURE });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });

  it('is an error at once, not a miss, when it refuses connections', async () => {
    const store = await bucket.openStore({ endpoint: await unusedAddress() });
    const startedAt = Date.now();
    const failure = {
      ...FAILURE,
      message: expect.stringContaining('ECONNREFUSED') as string,
      hint: expect.stringContaining(bucket.name) as string,
    };
    await expect(store.read(TEST_NAME)).rejects.toMatchObject(failure);
    await expect(store.check()).rejects.toMatchObject(failure);
    await expect(writeTestBlob(store, TEST_NAME, Buffer.from('abc'))).rejects.toMatchObject(
      failure,
    );
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });

  it('is an error, not a miss, when there is none of its name', async () => {
    const store = await bucket.openStore({ bucket: 'larder-absent' });
    await expect(store.read(TEST_NAME)).rejects.toMatchObject(FAILURE);
    await expect(store.list('aa')).rejects.toMatchObject(FAILURE);
    await expect(store.check()).rejects.toMatchObject(FAILURE);
  });

  it('is not waited for by a request that is aborted', async () => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /./, how: 'stall' });
    const controller = new AbortController();
    const reading = store.read(TEST_NAME, { signal: controller.signal });
    await bucket.untilRequested(/^GET /);
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await until(() => bucket.proxy.connections() === 0);
  });
});

it('lists what was written before a time', async () => {
  const store = await bucket.openStore();
  await writeTestBlob(store, TEST_NAME, Buffer.from('abc'));
  const { LastModified } = await bucket.client.headObject({
    Bucket: bucket.name,
    Key: TEST_BLOB_KEY,
  });
  const writtenAtMs = LastModified!.getTime();
  expect(await store.list('aa', { writtenBeforeMs: writtenAtMs - 1_000 })).toEqual([]);
  expect(await store.list('aa', { writtenBeforeMs: writtenAtMs + 2_000 })).toEqual([TEST_NAME]);
});

it('lists more than one answer holds', async () => {
  const store = await bucket.openStore();
  // The engine is configured to list a hundred at a time.
  const names = Array.from(
    { length: 110 },
    (_value, number) => `aa${String(number).padStart(30, '0')}`,
  );
  // A few at a time: on a busy machine the engine would not answer all of them within their time.
  const left = [...names];
  const writeSome = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      await writeTestBlob(store, name, Buffer.from('abc'));
    }
  };
  await Promise.all(Array.from({ length: 8 }, writeSome));
  expect((await store.list('aa')).sort()).toEqual(names);
});

it('links to exactly the bytes of a blob, for whoever has the link', async () => {
  const store = await bucket.openStore({ redirectDownloads: true });
  const content = randomBytes(LARGE_BYTES);
  await writeTestBlob(store, TEST_NAME, content);
  const link = await store.link!(TEST_NAME);
  const [answer] = (await once(get(link), 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-length': String(LARGE_BYTES),
    'content-type': 'application/octet-stream',
  });
  expect((await buffer(answer)).equals(content)).toBe(true);
  expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('300');
});

it('has no links to give unless that is wanted', async () => {
  expect((await bucket.openStore()).link).toBeNull();
});

it.each([
  ['one request', Buffer.from('abc')],
  ['several parts', randomBytes(LARGE_BYTES)],
])('keeps a blob of %s in quarantine as it is', async (_what, content) => {
  const store = await bucket.openStore();
  await writeTestBlob(store, TEST_NAME, content);
  const before = await bucket.read(TEST_BLOB_KEY);
  await store.quarantine(TEST_NAME);
  const keys = await bucket.keys();
  expect(keys.filter((key) => !key.startsWith(`${TEST_PREFIX}quarantine/`))).toEqual([]);
  const kept = await bucket.read(`${TEST_PREFIX}quarantine/${TEST_NAME}`);
  expect(kept.metadata).toEqual(before.metadata);
  expect(kept.bytes.equals(content)).toBe(true);
  const isDescribedBeside = content.length > 5 * 1024 ** 2;
  expect(keys.includes(`${TEST_PREFIX}quarantine/${TEST_NAME}.json`)).toBe(isDescribedBeside);
});

it.each([
  ['one request', Buffer.from('abc')],
  ['several parts', randomBytes(LARGE_BYTES)],
])('says how a blob of %s is to be stored', async (_what, content) => {
  const store = await bucket.openStore({
    serverSideEncryption: 'aws:kms',
    kmsKeyId: 'alias/larder',
    storageClass: 'STANDARD_IA',
  });
  // The engine knows none of that, and says so.
  await expect(writeTestBlob(store, TEST_NAME, content)).rejects.toMatchObject(FAILURE);
  const [head] = bucket.proxy.requests;
  expect(head).toMatch(/^x-amz-server-side-encryption: aws:kms$/im);
  expect(head).toMatch(/^x-amz-server-side-encryption-aws-kms-key-id: alias\/larder$/im);
  expect(head).toMatch(/^x-amz-storage-class: STANDARD_IA$/im);
});

it('keeps out of the way of other servers and of whatever else is in the bucket', async () => {
  const [store, other] = [await bucket.openStore(), await bucket.openStore({ prefix: '' })];
  await bucket.client.putObject({ Bucket: bucket.name, Key: 'blobs/aa/notes.txt', Body: 'x' });
  await writeTestBlob(store, TEST_NAME, Buffer.from('abc'));
  await writeTestBlob(other, OTHER_NAME, Buffer.from('def'));
  expect([await store.list('aa'), await other.list('aa')]).toEqual([[TEST_NAME], [OTHER_NAME]]);
  expect(await store.read(OTHER_NAME)).toBeNull();
});

/** Nobody listens there. */
async function unusedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
