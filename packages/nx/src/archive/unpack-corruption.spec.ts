import { randomBytes } from 'node:crypto';
import { compress, makeTar, patchHeader } from './archive.fixture.ts';
import { refusalOf } from './refused-archive.fixture.ts';

const corrupt = 'LARDER_ARCHIVE_CORRUPT';
const zeros = Buffer.alloc(1024);

describe('a broken archive is refused', () => {
  let tar: Buffer;

  beforeAll(async () => {
    tar = await makeTar([
      { name: 'code', content: '0' },
      { name: 'outputs/', type: 'directory' },
      { name: 'outputs/é', content: randomBytes(700) },
    ]);
  });

  it('when it is empty', async () => {
    await expect(refusalOf(Buffer.alloc(0))).resolves.toBe(corrupt);
    await expect(refusalOf(compress(Buffer.alloc(0)))).resolves.toBe(corrupt);
  });

  it('when it is not compressed with brotli', async () => {
    await expect(refusalOf(tar)).resolves.toBe(corrupt);
  });

  it('when the compressed data end early', async () => {
    const archive = compress(tar);
    for (let length = archive.length - 1; length > 0; length -= 97) {
      await expect(refusalOf(archive.subarray(0, length))).resolves.toBe(corrupt);
    }
  });

  it('when the compressed data are damaged', async () => {
    const archive = compress(tar);
    archive.fill(0xff, 20, 60);
    await expect(refusalOf(archive)).resolves.toBe(corrupt);
  });

  it.each([1, 300, 512, 1024, 1024 * 1024])(
    'when %d bytes follow the compressed data',
    async (length) => {
      const archive = Buffer.concat([compress(tar), randomBytes(length)]);
      await expect(refusalOf(archive)).resolves.toBe(corrupt);
    },
  );

  it('when the tar ends early, wherever', async () => {
    for (let length = tar.length - 1; length > 0; length -= 128) {
      await expect(refusalOf(compress(tar.subarray(0, length)))).resolves.toBe(corrupt);
    }
  });

  it('when the tar ends between two entries', async () => {
    await expect(refusalOf(compress(tar.subarray(0, 1024)))).resolves.toBe(corrupt);
  });

  it('when only one block of zeros ends it', async () => {
    await expect(refusalOf(compress(tar.subarray(0, -512)))).resolves.toBe(corrupt);
  });

  it.each([
    ['something', Buffer.from('something')],
    ['a block of noise', randomBytes(512)],
    ['zeros and noise', Buffer.concat([zeros, Buffer.alloc(512, 'x')])],
    ['half a block of zeros', Buffer.alloc(256)],
  ])('when %s follows the end of the tar', async (_, rest) => {
    await expect(refusalOf(compress(Buffer.concat([tar, rest])))).resolves.toBe(corrupt);
  });

  it('when a second archive follows the first', async () => {
    const second = await makeTar([{ name: 'outputs/more', content: 'x' }]);
    await expect(refusalOf(compress(Buffer.concat([tar, second])))).resolves.toBe(corrupt);
  });

  it('when a header that belongs to no entry follows the last one', async () => {
    const named = await makeTar([{ name: 'x', content: '', pax: { path: 'y' } }]);
    const lone = Buffer.concat([tar.subarray(0, -1024), named.subarray(0, 1024), zeros]);
    await expect(refusalOf(compress(lone))).resolves.toBe(corrupt);
  });

  it('when a header does not match its checksum', async () => {
    const damaged = Buffer.from(tar);
    damaged.write('x', 0);
    await expect(refusalOf(compress(damaged))).resolves.toBe(corrupt);
  });

  it.each(['garbage!!!!', '-0000000001', '77777777777'])(
    'when an entry has the size %j',
    async (size) => {
      await expect(refusalOf(compress(patchHeader(tar, 0, 124, size)))).resolves.toBe(corrupt);
    },
  );

  it.each(['-1', 'x'])('when an entry has the extended size %j', async (size) => {
    const archive = compress(await makeTar([{ name: 'code', content: '0', pax: { size } }]));
    await expect(refusalOf(archive)).resolves.toBe(corrupt);
  });
});
