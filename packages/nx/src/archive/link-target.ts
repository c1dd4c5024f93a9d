import { sep } from 'node:path';
import { pluginError } from '../errors/plugin-error.ts';

/** The target of a link on this system as it stands in archives, whose separator is the slash. */
export function archivedTarget(target: string, separator: string = sep): string {
  return separator === '/' ? target : target.replaceAll(separator, '/');
}

/**
 * Accepts a symbolic link only when nothing it can lead to lies outside the top-level entry that it
 * is in: for `outputs/**`, outside the workspace.
 *
 * `..` may only lead the target. The folder of a link is a real one, so leading `..` climb real
 * folders and can be counted; a `..` behind a name could climb from wherever another link leads.
 *
 * @throws LarderError `LARDER_ARCHIVE_UNSAFE_LINK`
 */
export function checkLinkTarget(path: string, target: string): void {
  const segments = target.split('/').filter((segment) => segment !== '' && segment !== '.');
  const firstName = segments.findIndex((segment) => segment !== '..');
  const climbs = firstName === -1 ? segments.length : firstName;
  const foldersToRoot = path.split('/').length - 2;
  if (
    target === '' ||
    target.startsWith('/') ||
    /[\0\\]|^[A-Za-z]:/.test(target) ||
    climbs > foldersToRoot ||
    segments.lastIndexOf('..') >= climbs
  ) {
    throw pluginError(
      'LARDER_ARCHIVE_UNSAFE_LINK',
      `The symbolic link ${JSON.stringify(path)} to ${JSON.stringify(target)} leaves the workspace`,
      { hint: 'Make the link relative, to a place inside the workspace, with ".." only in front.' },
    );
  }
}
