import { thrownCode } from '../errors/thrown-code.fixture.ts';
import { archivedTarget, checkLinkTarget } from './link-target.ts';

describe('the target of a link', () => {
  it.each([
    ['..\\lib\\index.js', '\\', '../lib/index.js'],
    ['index.js', '\\', 'index.js'],
    ['a\\b', '/', 'a\\b'],
    ['../lib/index.js', '/', '../lib/index.js'],
  ])('%j of a system with %j is archived as %j', (target, separator, expected) => {
    expect(archivedTarget(target, separator)).toBe(expected);
  });

  it.each(['C:\\Users\\ann', '\\\\server\\share', '\\\\?\\C:\\Users'])(
    '%j of Windows does not get into an archive',
    (target) => {
      expect(
        thrownCode(() => {
          checkLinkTarget('outputs/dist/link', archivedTarget(target, '\\'));
        }),
      ).toBe('LARDER_ARCHIVE_UNSAFE_LINK');
    },
  );
});
