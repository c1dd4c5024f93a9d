import { withIgnoredFolder, withoutIgnoredFolder } from './gitignore-line.ts';
import { nxIgnoreRules } from './ignore-rules.ts';

const folder = '.nx/larder';
const add = (text: string) => withIgnoredFolder(text, folder, nxIgnoreRules());

describe('a .gitignore that does not cover the folder', () => {
  it.each([
    ['an empty one', '', '.nx/larder'],
    ['with an end of line', 'dist\n', 'dist\n.nx/larder\n'],
    ['without an end of line', 'dist', 'dist\n.nx/larder'],
    ['with the ends of lines of Windows', 'a\r\nb\r\n', 'a\r\nb\r\n.nx/larder\r\n'],
    ['with those, but none at its end', 'a\r\nb', 'a\r\nb\r\n.nx/larder'],
    ['that ends in an empty line', 'dist\n\n', 'dist\n\n.nx/larder\n'],
    [
      'that covers other folders of Nx',
      '.nx/cache\n.nx/workspace-data\n',
      '.nx/cache\n.nx/workspace-data\n.nx/larder\n',
    ],
    ['that takes it back', '.nx/*\n!.nx/larder\n', '.nx/*\n!.nx/larder\n.nx/larder\n'],
    ['that names it in a comment', '# .nx/larder\n', '# .nx/larder\n.nx/larder\n'],
    ['that covers something of a like name', 'nx\n', 'nx\n.nx/larder\n'],
  ])('gets a line: %s', (_what, before, after) => {
    expect(add(before)).toBe(after);
    expect(add(after)).toBe(after);
    expect(withoutIgnoredFolder(after, folder)).toBe(before);
  });
});

it.each([
  '.nx',
  '.nx/',
  '/.nx/\n',
  '**/.nx',
  '.nx/*',
  '.nx/**\n',
  '.nx/larder\r\n',
  '/.nx/larder/',
  '.*',
  '*',
])('a .gitignore with %j stays as it is', (text) => {
  expect(add(text)).toBe(text);
});

it.each(['', 'dist\n', '# .nx/larder\n', '.nx/larder-data\n', '.nx\n'])(
  'nothing is removed from %j',
  (text) => {
    expect(withoutIgnoredFolder(text, folder)).toBe(text);
  },
);
