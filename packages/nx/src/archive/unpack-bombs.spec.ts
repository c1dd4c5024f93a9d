import { defaultArchiveLimits } from './archive-limits.ts';
import { compress, makeTar } from './archive.fixture.ts';
import { refusalOf } from './refused-archive.fixture.ts';

const tooLarge = 'LARDER_ARCHIVE_TOO_LARGE';

describe('an archive that would fill the machine is refused', () => {
  it('when it unpacks to too many bytes', async () => {
    const archive = compress(
      await makeTar([{ name: 'outputs/zeros', content: Buffer.alloc(4_000_000) }]),
    );
    expect(archive.length).toBeLessThan(1000);
    const limits = { ...defaultArchiveLimits, maxTarBytes: 3_000_000 };
    await expect(refusalOf(archive, { limits })).resolves.toBe(tooLarge);
  });

  it('when headers alone make it too large', async () => {
    const pax = { comment: 'x'.repeat(1_000_000) };
    const archive = await makeTar([{ name: 'code', content: '0', pax }]);
    const limits = { ...defaultArchiveLimits, maxTarBytes: 500_000 };
    await expect(refusalOf(compress(archive), { limits })).resolves.toBe(tooLarge);
  });

  it('when an extended header is larger than any path', async () => {
    const pax = { comment: 'x'.repeat(5_000_000) };
    await expect(
      refusalOf(compress(await makeTar([{ name: 'code', content: '0', pax }]))),
    ).resolves.toBe('LARDER_ARCHIVE_CORRUPT');
  });

  it('when it has too many entries', async () => {
    const entries = Array.from({ length: 11 }, (_, i) => ({ name: `outputs/${i}`, content: '' }));
    const limits = { ...defaultArchiveLimits, maxEntries: 10 };
    await expect(refusalOf(entries, { limits })).resolves.toBe(tooLarge);
  });

  it('when a path is too long', async () => {
    const name = `outputs/${'segment/'.repeat(600)}x`;
    await expect(refusalOf([{ name, content: '' }])).resolves.toBe(tooLarge);
  });

  it('when a path is too deep', async () => {
    const name = `outputs/${'d/'.repeat(300)}x`;
    await expect(refusalOf([{ name, content: '' }])).resolves.toBe(tooLarge);
  });
});
