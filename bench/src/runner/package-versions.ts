import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const MEASURED = ['@larder/client', '@larder/nx', '@larder/server'];

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Versions of our packages and, as each of them finds it, of what it depends on, by name. A peer that
 * is not installed is left out.
 */
export function readPackageVersions(): Readonly<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of MEASURED) {
    const file = findManifest(name, __filename);
    if (file === null) continue;
    const { version, dependencies, peerDependencies } = readManifest(file);
    versions[name] = version;
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
      const found = findManifest(dependency, file);
      if (found !== null) versions[dependency] = readManifest(found).version;
    }
  }
  return versions;
}

/** Searched for by hand: not every package exports its manifest. */
function findManifest(name: string, from: string): string | null {
  const folders = createRequire(from).resolve.paths(name) ?? [];
  const file = folders.map((folder) => join(folder, name, 'package.json')).find(existsSync);
  return file === undefined ? null : realpathSync(file);
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
