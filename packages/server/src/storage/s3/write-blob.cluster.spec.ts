import { createHash, randomBytes } from 'node:crypto';
import {
  createTestBucket,
  LARGE_BYTES,
  TEST_BLOB_KEY,
  TEST_DESCRIPTION,
  TEST_DESCRIPTION_KEY,
  TEST_NAME,
  type TestBucket,
  writeTestBlob,
} from './s3-bucket.fixture.ts';

const FAILURE = { code: 'LARDER_SERVER_STORAGE_FAILED' };

let bucket: TestBucket;

beforeEach(async () => {
  bucket = await createTestBucket();
});
afterEach(() => bucket.close());

describe('a blob of one request', () => {
  it('is an object of exactly its bytes, which describes itself', async () => {
    const store = await bucket.openStore();
    const written = await writeTestBlob(store, TEST_NAME, Buffer.from('abc'));
    expect(await bucket.keys()).toEqual([TEST_BLOB_KEY]);
    const { bytes, metadata } = await bucket.read(TEST_BLOB_KEY);
    expect(String(bytes)).toBe('abc');
    expect(written.storedBytes).toBe(3 + Object.entries(metadata).flat().join('').length);
  });

  it('has its description beside it where metadata has no room for it', async () => {
    const store = await bucket.openStore();
    const description = { ...TEST_DESCRIPTION, tag: 'x'.repeat(2_000) };
    const written = await writeTestBlob(store, TEST_NAME, Buffer.from('abc'), { description });
    expect(await bucket.keys()).toEqual([TEST_BLOB_KEY, TEST_DESCRIPTION_KEY]);
    const beside = await bucket.read(TEST_DESCRIPTION_KEY);
    expect(written.storedBytes).toBe(3 + beside.bytes.length);
    expect(await store.describe(TEST_NAME)).toEqual({ ...written, description });
    await store.remove(TEST_NAME);
    expect(await bucket.keys()).toEqual([]);
  });

  it('has as much of a description in its metadata as the engine takes', async () => {
    const store = await bucket.openStore();
    for (let length = 1_000; length < 1_600; length += 40) {
      const name = `aa${String(length).padStart(30, '0')}`;
      const description = { tag: 'x'.repeat(length) };
      const written = await writeTestBlob(store, name, Buffer.from('abc'), { description });
      expect(await store.describe(name)).toEqual({ ...written, description });
    }
    expect((await bucket.keys()).some((key) => key.includes('descriptions'))).toBe(true);
  });

  it('is sent again with the same bytes when the bucket did not acknowledge it', async () => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /^PUT /, how: 'cut', times: 2 });
    const content = randomBytes(1_000_000);
    await writeTestBlob(store, TEST_NAME, content);
    expect((await bucket.read(TEST_BLOB_KEY)).bytes.equals(content)).toBe(true);
    expect(bucket.proxy.requests.filter((head) => head.startsWith('PUT'))).toHaveLength(3);
  });

  it('leaves nothing behind when the bucket does not acknowledge it', async () => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /^PUT /, how: 'cut' });
    await expect(writeTestBlob(store, TEST_NAME, Buffer.from('abc'))).rejects.toMatchObject(
      FAILURE,
    );
    expect(await bucket.keys()).toEqual([]);
  });
});

describe('a blob of several parts', () => {
  const content = randomBytes(LARGE_BYTES);

  it('is an object of exactly its bytes, with its description beside it', async () => {
    const store = await bucket.openStore();
    const written = await writeTestBlob(store, TEST_NAME, content);
    expect(written.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect(await bucket.keys()).toEqual([TEST_BLOB_KEY, TEST_DESCRIPTION_KEY]);
    expect((await bucket.read(TEST_BLOB_KEY)).bytes.equals(content)).toBe(true);
    expect(await store.stat(TEST_NAME)).toEqual({ sizeBytes: LARGE_BYTES });
    expect(await store.describe(TEST_NAME)).toEqual({ ...written, description: TEST_DESCRIPTION });
    expect(await bucket.uploads()).toEqual([]);
    await store.remove(TEST_NAME);
    expect(await bucket.keys()).toEqual([]);
  });

  it('has a digest on every part, which the bucket insists on', async () => {
    const store = await bucket.openStore();
    await writeTestBlob(store, TEST_NAME, content);
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
    await writeTestBlob(store, TEST_NAME, content);
    expect((await bucket.read(TEST_BLOB_KEY)).bytes.equals(content)).toBe(true);
    const second = bucket.proxy.requests.filter((head) => head.includes('partNumber=2'));
    expect(second).toHaveLength(3);
  });

  it.each([1, 3])('is there when only %i answers to its completion are lost', async (times) => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match: /^POST .*uploadId=/, how: 'cut', times });
    await writeTestBlob(store, TEST_NAME, content);
    expect((await bucket.read(TEST_BLOB_KEY)).bytes.equals(content)).toBe(true);
  });

  it.each([
    ['a part', /^PUT .*partNumber=3/],
    ['its description', /^PUT .*descriptions/],
    ['its completion', /^POST .*uploadId=/],
  ])('leaves nothing behind when the bucket never hears of %s', async (_what, match) => {
    const store = await bucket.openStore();
    bucket.proxy.inject({ match, how: 'refuse' });
    await expect(writeTestBlob(store, TEST_NAME, content)).rejects.toMatchObject(FAILURE);
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
    const writing = store.write(TEST_NAME, source, {
      sizeBytes: how === 'goes on' ? LARGE_BYTES + 1 : 2 * LARGE_BYTES,
      description: TEST_DESCRIPTION,
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
    const writing = writeTestBlob(store, TEST_NAME, content, { signal: controller.signal });
    await bucket.untilRequested(/partNumber=3/);
    controller.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
    expect(await bucket.uploads()).toEqual([]);
  });
});
