import { readFileSync } from 'node:fs';

/**
 * What users install with each of the packages, as the lock file has it: each name, version and
 * licence once, sorted. Nx, a peer, is not among them.
 *
 * @param lockFile path of package-lock.json
 * @param packages folders, such as `packages/client`
 */
export function listShippedDependencies(lockFile, packages) {
  const entries = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  const found = new Map();
  for (const folder of packages) {
    for (const path of reach(entries, folder)) {
      const { name = nameOf(path), version, license = 'none' } = entries[path];
      const key = `${name}@${version}`;
      const known = found.get(key) ?? { name, version, licence: license, neededBy: [] };
      known.neededBy = [...new Set([...known.neededBy, entries[folder].name])].sort();
      found.set(key, known);
    }
  }
  return [...found.keys()].sort().map((key) => found.get(key));
}

/** Paths of everything that a package of this repository needs, of other packages too. */
function reach(entries, start) {
  const reached = new Set();
  const queue = [start];
  for (let from = queue.pop(); from !== undefined; from = queue.pop()) {
    const { dependencies, optionalDependencies } = entries[from];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const path = locate(entries, from, name);
      if (reached.has(path)) continue;
      reached.add(path);
      queue.push(path);
    }
  }
  return [...reached].filter((path) => path.includes('node_modules/'));
}

/** As Node finds it: in the nearest `node_modules` from the folder upwards. */
function locate(entries, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) {
    const entry = entries[`${folder}/node_modules/${name}`.replace(/^\//, '')];
    if (entry?.link) return entry.resolved;
    if (entry) return `${folder}/node_modules/${name}`.replace(/^\//, '');
    if (folder === '') throw new Error(`The lock file lacks ${name}, which ${from} needs.`);
  }
}

function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
