// Run by the release workflow: `node tools/prepare-publish.mjs --tag v0.1.0 --repository <address>`.
// Refuses a tag that does not name the version of the packages, and writes into them which repository
// they come from, which npm compares with the one that publishes. Nothing of that is committed.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));

function readOptions() {
  const text = { type: 'string' };
  const { tag = '', repository = '' } = parseArgs({
    options: { tag: text, repository: text },
  }).values;
  if (!/^v\d+\.\d+\.\d+(-.+)?$/.test(tag)) {
    throw new Error(`--tag must be a version such as v1.2.3, not "${tag}".`);
  }
  const url = URL.canParse(repository) ? new URL(repository) : null;
  if (url?.protocol !== 'https:' || url.username !== '' || !/^\/[^/]+\/[^/]+$/.test(url.pathname)) {
    throw new Error(`--repository must be https://<host>/<owner>/<name>, not "${repository}".`);
  }
  return { version: tag.slice(1), repository: url.href };
}

function prepare({ version, repository }) {
  const manifests = readdirSync(join(root, 'packages')).map((name) => {
    const directory = `packages/${name}`;
    const file = join(root, directory, 'package.json');
    return { directory, file, manifest: JSON.parse(readFileSync(file, 'utf8')) };
  });
  const wrong = manifests
    .filter(({ manifest }) => manifest.version !== version)
    .map(({ manifest }) => `${manifest.name} is ${manifest.version}`);
  if (wrong.length > 0) throw new Error(`The tag is v${version}, but ${wrong.join(', ')}.`);
  for (const { directory, file, manifest } of manifests) {
    manifest.repository = { type: 'git', url: `git+${repository}.git`, directory };
    writeFileSync(file, JSON.stringify(manifest, null, 2) + '\n');
  }
}

try {
  prepare(readOptions());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
