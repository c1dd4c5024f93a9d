import type { MadeEntry } from './archive.fixture.ts';
import { refusalOf } from './refused-archive.fixture.ts';

function link(name: string, linkname: string): MadeEntry {
  return { name, type: 'symlink', linkname };
}

describe('an archive with a symbolic link', () => {
  it.each([
    link('outputs/link', '/etc/passwd'),
    link('outputs/link', '..'),
    link('outputs/link', '../code'),
    link('outputs/dist/link', '../../precious'),
    link('outputs/dist/link', '../../../../precious'),
    link('outputs/dist/link', './../../precious'),
    link('outputs/link', 'dist/../../precious'),
    link('outputs/link', 'a/b/../c'),
    link('outputs/link', '..\\..\\precious'),
    link('outputs/link', 'C:/Windows'),
    link('outputs/link', `${'./'.repeat(80)}../precious`),
    link('outputs', 'elsewhere'),
    link('code', 'outputs/code'),
  ])('that leaves the workspace is refused: $name -> $linkname', async (entry) => {
    await expect(refusalOf([entry])).resolves.toBe('LARDER_ARCHIVE_UNSAFE_LINK');
  });

  it('that points nowhere is refused', async () => {
    await expect(
      refusalOf([{ ...link('outputs/link', 'x'), pax: { linkpath: '\0' } }]),
    ).resolves.toBe('LARDER_ARCHIVE_UNSAFE_LINK');
  });

  it.each<[string, MadeEntry]>([
    ['a file', { name: 'outputs/link/file', content: 'x' }],
    ['a folder', { name: 'outputs/link/folder/', type: 'directory' }],
    ['a link', link('outputs/link/link', 'file')],
    ['a deeper file', { name: 'outputs/link/deep/er/file', content: 'x' }],
    ['a file in its place', { name: 'outputs/link', content: 'x' }],
    ['a folder in its place', { name: 'outputs/link/', type: 'directory' }],
    ['a link in its place', link('outputs/link', 'other')],
  ])('and behind it %s that goes through it is refused', async (_, entry) => {
    const entries = [
      { name: 'outputs/dist/', type: 'directory' as const },
      link('outputs/link', 'dist'),
    ];
    await expect(refusalOf([...entries, entry])).resolves.toBe('LARDER_ARCHIVE_CONFLICT');
    await expect(refusalOf([link('outputs/link', 'dangling'), entry])).resolves.toBe(
      'LARDER_ARCHIVE_CONFLICT',
    );
  });
});
