import type { MadeEntry } from './archive.fixture.ts';
import { refusalOf } from './refused-archive.fixture.ts';

const file: MadeEntry = { name: 'outputs/a', content: 'x' };
const folder: MadeEntry = { name: 'outputs/a/', type: 'directory' };
const link: MadeEntry = { name: 'outputs/a', type: 'symlink', linkname: 'b' };
const below: MadeEntry = { name: 'outputs/a/b', content: 'x' };

describe('an archive is refused that holds', () => {
  it.each<[string, MadeEntry[]]>([
    ['a file twice', [file, file]],
    ['a folder twice', [folder, folder]],
    ['a folder twice, once without the slash', [folder, { ...folder, name: 'outputs/a' }]],
    ['a link twice', [link, link]],
    ['a file and a folder of one name', [file, folder]],
    ['a folder and a file of one name', [folder, file]],
    ['a folder and a link of one name', [folder, link]],
    ['a file where a folder is needed', [file, below]],
    ['a file where a folder is needed, two levels up', [file, { ...below, name: 'outputs/a/b/c' }]],
    ['a file where a folder already had to be', [below, file]],
  ])('%s', async (_, entries) => {
    await expect(refusalOf(entries)).resolves.toBe('LARDER_ARCHIVE_CONFLICT');
  });
});
