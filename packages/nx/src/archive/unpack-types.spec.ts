import { compress, makeTar, patchHeader } from './archive.fixture.ts';
import { refusalOf } from './refused-archive.fixture.ts';

describe('an archive is refused that holds', () => {
  it.each(['link', 'character-device', 'block-device', 'fifo', 'contiguous-file'] as const)(
    'an entry of the type %s',
    async (type) => {
      const entries = [
        { name: 'code', content: '0' },
        { name: 'outputs/x', type, linkname: 'code', devmajor: 1, devminor: 3, content: '' },
      ];
      await expect(refusalOf(entries)).resolves.toBe('LARDER_ARCHIVE_UNSUPPORTED_TYPE');
    },
  );

  it.each(['8', 'A', 'D', 'M', 'S', 'V', 'Z', '\xff'])(
    'an entry whose type flag %j nobody knows',
    async (flag) => {
      const tar = await makeTar([{ name: 'outputs/x', content: '' }]);
      const archive = compress(patchHeader(tar, 0, 156, Buffer.from(flag, 'latin1')));
      await expect(refusalOf(archive)).resolves.toBe('LARDER_ARCHIVE_UNSUPPORTED_TYPE');
    },
  );

  it.each([
    ['5', 'a folder'],
    ['2', 'a link'],
  ])('content in an entry of type %s, %s', async (flag) => {
    const tar = await makeTar([{ name: 'outputs/x', content: 'y'.repeat(512), linkname: 'z' }]);
    await expect(refusalOf(compress(patchHeader(tar, 0, 156, flag)))).resolves.toBe(
      'LARDER_ARCHIVE_CORRUPT',
    );
  });
});
