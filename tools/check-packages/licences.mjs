// The licences of what is shipped: those that are allowed, and the page that lists them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { listShippedDependencies } from './shipped-dependencies.mjs';

export const LICENCES_PAGE = 'docs/dependency-licences.md';

/** Licences that ask for no more than to be kept with the code. Others are for people to decide on. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
]);

/** @param dependencies objects with `name`, `version` and `licence` */
export function requirePermissive(dependencies) {
  const others = dependencies
    .filter(({ licence }) => !PERMISSIVE.has(licence))
    .map(({ name, version, licence }) => `${name}@${version} (${licence})`);
  if (others.length > 0) throw new Error(`Not known to be permissive: ${others.join(', ')}.`);
}

/** The page as it must be. */
export async function licencesPage(root, packages) {
  const dependencies = listShippedDependencies(join(root, 'package-lock.json'), packages);
  requirePermissive(dependencies);
  const short = (name) => name.replace('@larder/', '');
  const rows = dependencies.map(
    ({ name, version, licence, neededBy }) =>
      `| \`${name}\` | ${version} | ${licence} | ${neededBy.map(short).join(', ')} |`,
  );
  const text = `# Licences of dependencies

What is installed with the published packages besides them, in the versions that they are tested with. None of it is part of our packages: npm installs each from its own, with its own licence file. (\`@larder/nx\` has tar-stream, which is MIT, inside, beside its licence, see [ADR 0024](adr/0024-tar-stream-inside-the-package.md).) Nx, which is there already, is not listed.

\`npm run licences\` writes this page from the lock file, and \`npm run check:packages\` sees that it is up to date and that all of these licences are permissive; it does the same with what npm installs that day.

| package | version | licence | needed by |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  const file = join(root, LICENCES_PAGE);
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

export async function checkLicencesPage(root, packages) {
  const isUpToDate =
    readFileSync(join(root, LICENCES_PAGE), 'utf8') === (await licencesPage(root, packages));
  if (!isUpToDate) throw new Error(`${LICENCES_PAGE} is out of date: run "npm run licences".`);
}
