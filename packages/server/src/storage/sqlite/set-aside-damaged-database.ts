import { existsSync, renameSync } from 'node:fs';
import Database from 'libsql';
import { hasErrnoCode } from '../../errors/has-errno-code.ts';

/**
 * Renames a database file, with those beside it, when SQLite finds it damaged. Only to be called
 * while nobody has it open.
 *
 * @returns the new name; null when the file is well or absent.
 */
export function setAsideDamagedDatabase(path: string, now: () => number = Date.now): string | null {
  if (!existsSync(path) || !isDamaged(path)) return null;
  const aside = `${path}.damaged-${now()}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

function isDamaged(path: string): boolean {
  const connection = new Database(path);
  try {
    const [row] = connection.prepare('PRAGMA integrity_check(1)').all() as {
      integrity_check: string;
    }[];
    return row?.integrity_check !== 'ok';
  } catch (error) {
    if (hasErrnoCode(error, 'SQLITE_NOTADB') || hasErrnoCode(error, 'SQLITE_CORRUPT')) return true;
    throw error;
  } finally {
    connection.close();
  }
}
