import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this package; both `src` and `dist` lie beside its package.json. */
export function readPackageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
