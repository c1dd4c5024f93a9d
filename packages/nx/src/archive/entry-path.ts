import { pluginError } from '../errors/plugin-error.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { tooLarge } from './archive-error.ts';

/** Empty, `.` and `..` segments, a drive letter in front, NUL and backslash anywhere. */
const unsafePath = /(?:^|\/)\.{0,2}(?:\/|$)|^[A-Za-z]:|[\0\\]/;

/**
 * Accepts only paths that mean the same below every folder, on every system: relative, with `/`
 * between segments, and nothing that climbs. Names with a backslash are legal on POSIX but would
 * be folders on Windows, so no archive may hold them.
 *
 * @throws LarderError `LARDER_ARCHIVE_UNSAFE_NAME`, `LARDER_ARCHIVE_TOO_LARGE`
 */
export function checkEntryPath(path: string, limits: ArchiveLimits): void {
  if (Buffer.byteLength(path) > limits.maxPathBytes) {
    throw tooLarge(`a path of more than ${limits.maxPathBytes} bytes`);
  }
  if (path.split('/').length > limits.maxDepth) {
    throw tooLarge(`a path of more than ${limits.maxDepth} segments`);
  }
  if (unsafePath.test(path)) {
    throw pluginError(
      'LARDER_ARCHIVE_UNSAFE_NAME',
      `An archive must not hold an entry named ${JSON.stringify(path)}`,
      { hint: 'Rename the output: no empty, "." or ".." segments, backslashes or drive letters.' },
    );
  }
}

/** Characters, endings and names of devices that Windows takes for something else than a file's name. */
const unsafeOnWindows =
  /[<>:"|?*\x01-\x1f]|[. ](?:\/|$)|(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.[^/]*)?(?:\/|$)/i;

/**
 * Accepts only paths that this system takes for names of files of their own.
 *
 * @throws LarderError `LARDER_ARCHIVE_UNSAFE_NAME`
 */
export function checkSystemPath(path: string, platform: NodeJS.Platform): void {
  if (platform !== 'win32' || !unsafeOnWindows.test(path)) return;
  throw pluginError(
    'LARDER_ARCHIVE_UNSAFE_NAME',
    `Windows has no file of the name ${JSON.stringify(path)}`,
    { hint: 'Rename the output, or set "namespace" to another value on Windows.' },
  );
}
