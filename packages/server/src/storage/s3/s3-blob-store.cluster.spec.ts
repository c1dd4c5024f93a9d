import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { BlobDescription, BlobStore } from '../blob-store.ts';
import { describeBlobStore } from '../blob-store-contract.fixture.ts';
import { createTestBucket, TEST_PREFIX, type TestBucket } from './s3-bucket.fixture.ts';
import { cutBlob } from './cut-blob.fixture.ts';

const NAME = 'aa00000000000000000000000000000a';
const OTHER_NAME = 'aa00000000000000000000000000000b';
const BLOB_KEY = `${TEST_PREFIX}blobs/aa/${NAME}`;
const DESCRIPTION_KEY = `${TEST_PREFIX}descriptions/aa/${NAME}`;
const DESCRIPTION = { team: 'a', words: ['ünïcödé'] };
const LARGE_BYTES = 12_000_000;
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

describe('a blob of one request', () => {
  it('is an object of exactly its bytes, which describes itself', async () => {
    const store = await bucket.openStore();
    const written = await write(store, NAME, Buffer.from('abc'));
    expect(await bucket.keys()).toEqual([BLOB_KEY]);
    const { bytes, metadata } = await bucket.read(BLOB_KEY);
    expect(String(bytes)).toBe('abc');
    expect(written.storedBytes).toBe(3 + Object.entries(metadata).flat().join('').length);
  });

  it('has its description beside it where metadata has no room for it', async () => {
    const store = await bucket.openStore();
    const description = { ...DESCRIPTION, tag: 'x'.repeat(2_000) };
    const written = await write(store, NAME, Buffer.from('abc'), { description });
    expect(await bucket.keys()).toEqual([BLOB_KEY, DESCRIPTION_KEY]);
    const beside = await bucket.read(DESCRIPTION_KEY);
    expect(written.storedBytes).toBe(3 + beside.bytes.length);
    expect(await store.describe(NAME)).toEqual({ ...written, description });
    await store.remove(NAME);
    expect(await bucket.keys()).toEqual([]);
  });

  it('has as much of a description in its metadata as the engine takes', async () => {
    const store = await bucket.openStore();
    for (let length = 1_000; length < 1_600; length += 40) {
      const name = `aa${String(length).padStart(30, '0')}`;
      const description = { tag: 'x'.repeat(length) };
      const written = await write(store, name, Buffer.from('abc'), { description });
      expect(await store.describe(name)).toEqual({ ...written, description });
    }
    expect((await bucket.keys()).some((key) => key.includes('descriptions'))).toBe(true);
  });

  it('is sent again with the same bytes when the bucket did not acknowledge it', async () => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /^PUT /, how: 'cut', times: 2 });
    const content = randomBytes(1_000_000);
    await write(store, NAME, content);
    expect((await bucket.read(BLOB_KEY)).bytes.equals(content)).toBe(true);
    expect(bucket.proxy.requests.filter((head) => head.startsWith('PUT'))).toHaveLength(3);
  });

  it('leaves nothing behind when the bucket does not acknowledge it', async () => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /^PUT /, how: 'cut' });
    await expect(write(store, NAME, Buffer.from('abc'))).rejects.toMatchObject(FAILURE);
    expect(await bucket.keys()).toEqual([]);
  });
});

describe('a blob of several parts', () => {
  const content = randomBytes(LARGE_BYTES);

  it('is an object of exactly its bytes, with its description beside it', async () => {
    const store = await bucket.openStore();
    const written = await write(store, NAME, content);
    expect(written.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect(await bucket.keys()).toEqual([BLOB_KEY, DESCRIPTION_KEY]);
    expect((await bucket.read(BLOB_KEY)).bytes.equals(content)).toBe(true);
    expect(await store.stat(NAME)).toEqual({ sizeBytes: LARGE_BYTES });
    expect(await store.describe(NAME)).toEqual({ ...written, description: DESCRIPTION });
    expect(await bucket.uploads()).toEqual([]);
    await store.remove(NAME);
    expect(await bucket.keys()).toEqual([]);
  });

  it('has a digest on every part, which the bucket insists on', async () => {
    const store = await bucket.openStore();
    await write(store, NAME, content);
    const parts = bucket.proxy.requests.filter((head) => head.includes('partNumber='));
    expect(parts).toHaveLength(3);
    for (const head of parts) expect(head).toMatch(/^content-md5: [\w+/]{22}==$/im);
    const { UploadId } = await bucket.client.createMultipartUpload({
      ...{ Bucket: bucket.name, Key: 'k' },
    });
    const wrong = bucket.client.uploadPart({
      ...{ Bucket: bucket.name, Key: 'k', UploadId, PartNumber: 1, Body: Buffer.from('abc') },
      ContentMD5: createHash('md5').update('abd').digest('base64'),
    });
    await expect(wrong).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  it('has a part sent again that the bucket did not acknowledge', async () => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /^PUT .*partNumber=2/, how: 'cut', times: 2 });
    await write(store, NAME, content);
    expect((await bucket.read(BLOB_KEY)).bytes.equals(content)).toBe(true);
    const second = bucket.proxy.requests.filter((head) => head.includes('partNumber=2'));
    expect(second).toHaveLength(3);
  });

  it.each([1, 3])('is there when only %i answers to its completion are lost', async (times) => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /^POST .*uploadId=/, how: 'cut', times });
    await write(store, NAME, content);
    expect((await bucket.read(BLOB_KEY)).bytes.equals(content)).toBe(true);
  });

  it.each([
    ['a part', /^PUT .*partNumber=3/],
    ['its description', /^PUT .*descriptions/],
    ['its completion', /^POST .*uploadId=/],
  ])('leaves nothing behind when the bucket never hears of %s', async (_what, match) => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match, how: 'refuse' });
    await expect(write(store, NAME, content)).rejects.toMatchObject(FAILURE);
    expect(await bucket.keys()).toEqual([]);
    expect(await bucket.uploads()).toEqual([]);
  });

  it.each([
    ['is aborted', 'enough'],
    ['fails', 'the source failed'],
    ['ends early', 'shorter'],
    ['goes on', 'longer'],
  ])('leaves nothing behind when its source %s', async (how, message) => {
    const store = await bucket.openStore();
    const controller = new AbortController();
    let isReturned = false;
    // eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
    const source = (async function* () {
      try {
        yield content;
        if (how === 'is aborted') controller.abort(new Error('enough'));
        if (how === 'fails') throw new Error('the source failed');
        if (how !== 'ends early') yield content;
      } finally {
        isReturned = true;
      }
    })();
    const writing = store.write(NAME, source, {
      sizeBytes: how === 'goes on' ? LARGE_BYTES + 1 : 2 * LARGE_BYTES,
      description: DESCRIPTION,
      signal: controller.signal,
    });
    await expect(writing).rejects.toThrow(message);
    expect(isReturned).toBe(true);
    expect(await bucket.keys()).toEqual([]);
    expect(await bucket.uploads()).toEqual([]);
  });

  it('ends at once what is on its way when it is aborted', async () => {
    const store = await bucket.openStore();
    const controller = new AbortController();
    bucket.proxy.inject({ match: /^PUT .*partNumber=/, how: 'stall' });
    const writing = write(store, NAME, content, { signal: controller.signal });
    await untilRequested(/partNumber=3/);
    controller.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
    expect(await bucket.uploads()).toEqual([]);
  });
});

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
    await beginUpload(NAME);
    const store = await bucket.openStore({}, { now: () => Date.now() + DAY_MS + 60_000 });
    await store.removeLeftovers();
    expect(await bucket.uploads()).toEqual([]);
    expect(await bucket.keys()).toEqual([]);
  });

  it('stays for a day, as does whatever is not of blobs', async () => {
    await beginUpload(NAME);
    await (await bucket.openStore()).removeLeftovers();
    const later = { now: () => Date.now() + DAY_MS - 60_000 };
    await (await bucket.openStore({}, later)).removeLeftovers();
    const elsewhere = { now: () => Date.now() + 2 * DAY_MS };
    await (await bucket.openStore({ prefix: 'other/' }, elsewhere)).removeLeftovers();
    expect(await bucket.uploads()).toEqual([BLOB_KEY]);
    expect(await bucket.keys()).toEqual([DESCRIPTION_KEY]);
  });

  it('is no description of a blob that is there', async () => {
    const content = randomBytes(LARGE_BYTES);
    const store = await bucket.openStore({}, { now: () => Date.now() + 2 * DAY_MS });
    const written = await write(store, NAME, content);
    await bucket.client.createMultipartUpload({ Bucket: bucket.name, Key: BLOB_KEY });
    await store.removeLeftovers();
    expect(await bucket.uploads()).toEqual([]);
    expect(await store.describe(NAME)).toEqual({ ...written, description: DESCRIPTION });
  });
});

describe('a download', () => {
  it.each([
    ['one request', 4_000_000],
    ['several parts', LARGE_BYTES],
  ])('goes on where it broke off, of a blob of %s', async (_what, sizeBytes) => {
    const store = await bucket.openStore();
    const content = randomBytes(sizeBytes);
    await write(store, NAME, content);
    bucket.proxy.inject({ match: /^GET .*blobs/, afterBytes: 1_000_000, how: 'cut', times: 3 });
    const open = await store.read(NAME);
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
    await write(store, NAME, content);
    bucket.proxy.inject({ match: /^GET .*blobs/, afterBytes: 1_000_000, how: 'stall', times: 2 });
    const open = await store.read(NAME);
    expect((await buffer(open!.stream)).equals(content)).toBe(true);
  });

  it('is not taken for stalled while nobody reads it', async () => {
    const store = await bucket.openStore({}, { timeouts: { downloadIdleMs: 100 } });
    const content = randomBytes(4_000_000);
    await write(store, NAME, content);
    const { stream } = (await store.read(NAME))!;
    await once(stream, 'readable');
    const first = stream.read(1) as Buffer;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const rest = await buffer(stream);
    expect(Buffer.concat([first, rest]).equals(content)).toBe(true);
    expect(bucket.proxy.requests.filter((head) => head.startsWith('GET'))).toHaveLength(1);
  });

  it('fails when it breaks again and again', async () => {
    const store = await bucket.openStore();
    await write(store, NAME, randomBytes(4_000_000));
    bucket.proxy.inject({ match: /^GET .*blobs/, afterBytes: 100_000, how: 'cut' });
    const open = await store.read(NAME);
    await expect(buffer(open!.stream)).rejects.toMatchObject({
      ...FAILURE,
      message: expect.stringMatching(/broke off after \d+ of 4000000 bytes/) as string,
    });
  });

  it('fails when the object is another one by then', async () => {
    const store = await bucket.openStore();
    await write(store, NAME, randomBytes(4_000_000));
    bucket.proxy.inject({ match: /^GET .*blobs/, afterBytes: 1_000_000, how: 'cut', times: 1 });
    const open = await store.read(NAME);
    const Body = randomBytes(4_000_000);
    await bucket.client.putObject({ Bucket: bucket.name, Key: BLOB_KEY, Body });
    await expect(buffer(open!.stream)).rejects.toMatchObject(FAILURE);
  });

  it('ends its request when nobody wants it any more', async () => {
    const store = await bucket.openStore();
    await write(store, NAME, randomBytes(4_000_000));
    bucket.proxy.cutAll();
    const { stream } = (await store.read(NAME))!;
    expect(bucket.proxy.connections()).toBe(1);
    stream.destroy();
    await until(() => bucket.proxy.connections() === 0);
  });

  it('gives its connection back when it is through', async () => {
    const store = await bucket.openStore();
    await write(store, NAME, randomBytes(4_000_000));
    bucket.proxy.cutAll();
    for (let round = 0; round < 3; round += 1) {
      const { stream } = (await store.read(NAME))!;
      await buffer(stream);
    }
    expect(bucket.proxy.connections()).toBe(1);
  });
});

describe('a bucket that cannot be asked', () => {
  const TIMEOUTS = { firstByteMs: 300, lookupMs: 400, checkMs: 350 };

  it('is an error in good time, not a miss, when it is silent', async () => {
    const store = await bucket.openStore({}, { timeouts: TIMEOUTS });
    bucket.proxy.inject({ match: /./, how: 'stall' });
    const startedAt = Date.now();
    const asked = await Promise.allSettled([
      store.read(NAME),
      store.readSmall(NAME, { sizeBytes: 1, storedBytes: 1 }),
      store.stat(NAME),
      store.describe(NAME),
      store.list('aa'),
      store.remove(NAME),
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
    await expect(store.read(NAME)).rejects.toMatchObject(failure);
    await expect(store.check()).rejects.toMatchObject(failure);
    await expect(write(store, NAME, Buffer.from('abc'))).rejects.toMatchObject(failure);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });

  it('is an error, not a miss, when there is none of its name', async () => {
    const store = await bucket.openStore({ bucket: 'larder-absent' });
    await expect(store.read(NAME)).rejects.toMatchObject(FAILURE);
    await expect(store.list('aa')).rejects.toMatchObject(FAILURE);
    await expect(store.check()).rejects.toMatchObject(FAILURE);
  });

  it('is not waited for by a request that is aborted', async () => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /./, how: 'stall' });
    const controller = new AbortController();
    const reading = store.read(NAME, { signal: controller.signal });
    await untilRequested(/^GET /);
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await until(() => bucket.proxy.connections() === 0);
  });
});

it('lists what was written before a time', async () => {
  const store = await bucket.openStore();
  await write(store, NAME, Buffer.from('abc'));
  const { LastModified } = await bucket.client.headObject({ Bucket: bucket.name, Key: BLOB_KEY });
  const writtenAtMs = LastModified!.getTime();
  expect(await store.list('aa', { writtenBeforeMs: writtenAtMs - 1_000 })).toEqual([]);
  expect(await store.list('aa', { writtenBeforeMs: writtenAtMs + 2_000 })).toEqual([NAME]);
});

it('lists more than one answer holds', async () => {
  const store = await bucket.openStore();
  // The engine is configured to list a hundred at a time.
  const names = Array.from(
    { length: 110 },
    (_value, number) => `aa${String(number).padStart(30, '0')}`,
  );
  await Promise.all(names.map((name) => write(store, name, Buffer.from('abc'))));
  expect((await store.list('aa')).sort()).toEqual(names);
});

it('links to exactly the bytes of a blob, for whoever has the link', async () => {
  const store = await bucket.openStore({ redirectDownloads: true });
  const content = randomBytes(LARGE_BYTES);
  await write(store, NAME, content);
  const link = await store.link!(NAME);
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
  await write(store, NAME, content);
  const before = await bucket.read(BLOB_KEY);
  await store.quarantine(NAME);
  const keys = await bucket.keys();
  expect(keys.filter((key) => !key.startsWith(`${TEST_PREFIX}quarantine/`))).toEqual([]);
  const kept = await bucket.read(`${TEST_PREFIX}quarantine/${NAME}`);
  expect(kept.metadata).toEqual(before.metadata);
  expect(kept.bytes.equals(content)).toBe(true);
  const isDescribedBeside = content.length > 5 * 1024 ** 2;
  expect(keys.includes(`${TEST_PREFIX}quarantine/${NAME}.json`)).toBe(isDescribedBeside);
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
  await expect(write(store, NAME, content)).rejects.toMatchObject(FAILURE);
  const [head] = bucket.proxy.requests;
  expect(head).toMatch(/^x-amz-server-side-encryption: aws:kms$/im);
  expect(head).toMatch(/^x-amz-server-side-encryption-aws-kms-key-id: alias\/larder$/im);
  expect(head).toMatch(/^x-amz-storage-class: STANDARD_IA$/im);
});

it('keeps out of the way of other servers and of whatever else is in the bucket', async () => {
  const [store, other] = [await bucket.openStore(), await bucket.openStore({ prefix: '' })];
  await bucket.client.putObject({ Bucket: bucket.name, Key: 'blobs/aa/notes.txt', Body: 'x' });
  await write(store, NAME, Buffer.from('abc'));
  await write(other, OTHER_NAME, Buffer.from('def'));
  expect([await store.list('aa'), await other.list('aa')]).toEqual([[NAME], [OTHER_NAME]]);
  expect(await store.read(OTHER_NAME)).toBeNull();
});

function write(
  store: BlobStore,
  name: string,
  content: Buffer,
  options: { description?: BlobDescription; signal?: AbortSignal } = {},
) {
  return store.write(name, one(content), {
    sizeBytes: content.length,
    description: DESCRIPTION,
    ...options,
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
async function* one(content: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += 65_536) {
    yield content.subarray(start, start + 65_536);
  }
}

const untilRequested = (pattern: RegExp) =>
  until(() => bucket.proxy.requests.some((head) => pattern.test(head)));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Nobody listens there. */
async function unusedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
