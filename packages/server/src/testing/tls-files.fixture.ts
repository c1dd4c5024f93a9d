// Certificates for servers of tests, as files; valid for a hundred years, and nobody trusts them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsFiles } from '../http/tls-files.ts';

const FOLDER = join(__dirname, 'tls');

/** What a client has to trust. */
export const authority = readFileSync(join(FOLDER, 'authority.pem'));

export const tlsFiles: Readonly<Record<'first' | 'second', TlsFiles>> = {
  first: filesOf('first'),
  second: filesOf('second'),
};

function filesOf(name: string): TlsFiles {
  return {
    certificateFile: join(FOLDER, `${name}.pem`),
    keyFile: join(FOLDER, `${name}-key.pem`),
  };
}
