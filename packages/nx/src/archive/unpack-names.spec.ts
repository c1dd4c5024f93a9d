import { refusalOf } from './refused-archive.fixture.ts';

const before = { name: 'code', content: '0' };

describe('an archive whose entry is named', () => {
  it.each([
    '/etc/larder-test',
    '//etc/larder-test',
    '../precious',
    '../../workspace/precious',
    'outputs/../../precious',
    'outputs/..',
    '..',
    '.',
    './code',
    'outputs/./file',
    'outputs//file',
    'outputs\\..\\..\\precious',
    '\\\\server\\share',
    'C:\\precious',
    'C:/precious',
    'c:precious',
    `outputs/${'n/'.repeat(60)}../${'../'.repeat(70)}precious`,
  ])('%j is refused', async (name) => {
    const code = 'LARDER_ARCHIVE_UNSAFE_NAME';
    await expect(refusalOf([before, { name, content: 'x' }])).resolves.toBe(code);
    await expect(refusalOf([before, { name: `${name}/`, type: 'directory' }])).resolves.toBe(code);
    await expect(refusalOf([before, { name, type: 'symlink', linkname: 'code' }])).resolves.toBe(
      code,
    );
  });

  it('with a NUL behind a harmless beginning is refused', async () => {
    const name = 'outputs/file\0/../../precious';
    await expect(refusalOf([before, { name, pax: { path: name }, content: 'x' }])).resolves.toBe(
      'LARDER_ARCHIVE_UNSAFE_NAME',
    );
  });

  it('nothing is refused', async () => {
    await expect(
      refusalOf([before, { name: 'x', pax: { path: '/' }, type: 'directory' }]),
    ).resolves.toBe('LARDER_ARCHIVE_UNSAFE_NAME');
  });
});
