// The one token of a server that was started without any: created once, kept in the data folder.
import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LarderError } from '../errors/larder-error.ts';
import { hasErrnoCode } from '../errors/has-errno-code.ts';
import { randomToken } from './create-token.ts';

const TOKEN_FILE = 'token';
const TOKEN_PATTERN = /^[\x21-\x7e]{16,}$/;

/**
 * Reads the token that is kept in the data folder, or creates it (mode 0600).
 *
 * @throws LarderError `LARDER_SERVER_TOKEN_FILE_INVALID` when the file is there but holds no token.
 */
export async function loadLocalToken(dataDirectory: string): Promise<string> {
  const file = join(dataDirectory, TOKEN_FILE);
  const kept = await readIfPresent(file);
  if (kept === null) return createTokenFile(file);

  const token = kept.trim();
  if (!TOKEN_PATTERN.test(token)) {
    throw new LarderError('LARDER_SERVER_TOKEN_FILE_INVALID', `${file} holds no usable token.`, {
      hint: 'Delete the file to get a new token, or put one line of at least 16 visible ASCII characters into it.',
    });
  }
  if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
  return token;
}

async function createTokenFile(file: string): Promise<string> {
  const token = randomToken();
  const temporary = `${file}.new`;
  try {
    await rm(temporary, { force: true });
    await writeFile(temporary, `${token}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return token;
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return null;
    throw error;
  }
}
