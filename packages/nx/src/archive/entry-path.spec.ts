import { thrownCode } from '../errors/thrown-code.fixture.ts';
import { checkSystemPath } from './entry-path.ts';

describe('on Windows a path', () => {
  it.each([
    'outputs/dist/file:stream',
    'outputs/dist/what?',
    'outputs/dist/a*b',
    'outputs/"quoted"',
    'outputs/a|b',
    'outputs/<html>',
    'outputs/line\nbreak',
    'outputs/folder./file',
    'outputs/file ',
    'outputs/nul',
    'outputs/NUL.txt',
    'outputs/com1/file',
    'AUX',
  ])('%j is refused', (path) => {
    expect(
      thrownCode(() => {
        checkSystemPath(path, 'win32');
      }),
    ).toBe('LARDER_ARCHIVE_UNSAFE_NAME');
    expect(() => {
      checkSystemPath(path, 'linux');
    }).not.toThrow();
  });

  it.each(['outputs/dist/main.js', 'outputs/.hidden', 'outputs/null', 'outputs/console/com.txt'])(
    '%j is taken',
    (path) => {
      expect(() => {
        checkSystemPath(path, 'win32');
      }).not.toThrow();
    },
  );
});
