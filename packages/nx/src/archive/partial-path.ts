import { randomBytes } from 'node:crypto';

/** Ends the name of everything that is not complete yet. */
export const partialSuffix = '.partial';

/**
 * A new name beside `target`, from where it can be renamed. Only a process that is killed leaves
 * such a name behind, so that whoever owns the folder may remove old ones.
 */
export function partialPath(target: string): string {
  return `${target}.${randomBytes(6).toString('hex')}${partialSuffix}`;
}
