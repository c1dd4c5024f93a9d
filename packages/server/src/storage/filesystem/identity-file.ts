import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hasErrnoCode } from '../../errors/has-errno-code.ts';
import type { IdentifiedStore } from '../store-identity.ts';
import { reportingFailure } from '../storage-failed.ts';

/** Keeps the identity of the blobs of a data folder in a file of their own. */
export function createIdentityFile(path: string): IdentifiedStore {
  async function readIdentity(): Promise<string | null> {
    try {
      return (await readFile(path, 'utf8')).trim();
    } catch (error) {
      if (hasErrnoCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  return {
    readIdentity: () => reportingFailure('Reading the identity of the data folder', readIdentity),

    writeIdentity: (id) =>
      reportingFailure('Writing the identity of the data folder', async () => {
        const temporary = `${path}.${randomBytes(4).toString('hex')}.new`;
        try {
          await writeFile(temporary, `${id}\n`, { mode: 0o600, flush: true });
          // Unlike a rename it leaves alone what is there.
          await link(temporary, path);
        } catch (error) {
          if (!hasErrnoCode(error, 'EEXIST')) throw error;
        } finally {
          await rm(temporary, { force: true });
        }
      }),
  };
}
