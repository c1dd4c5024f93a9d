import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of the installed `@larder/nx`. Works from `src` and from `dist`, which lie side by side. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
