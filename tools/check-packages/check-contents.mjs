// What is in a package: its files, their sizes and their text, and the scripts that it runs.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What belongs into a package; everything else is a mistake. */
const EXPECTED_FILES =
  /^(?:package\.json|README\.md|LICENSE|(?:generators|migrations)\.json|generators\/.*\.schema\.json|vendor\/tar-stream\/(?:\w+\.js|index\.d\.ts|LICENSE)|page\/static\/\w+\.(?:html|css|svg)|dist\/.*\.(?:js|d\.ts))$/;
const FORBIDDEN_FILES = /\.(?:spec|fixture)\.|(?:^|\/)testing\//;
const WANTED_FILES = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];

/** npm runs these where the package is installed; `prepare` where it is installed from git. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Folders of the machine that builds, and maps of sources that are not there. */
const FORBIDDEN_TEXT = [root, homedir(), 'sourceMappingURL='].filter((text) => text.length > 1);

export function checkContents({ name, unpacked, files, sizeBytes, unpackedBytes }, ceilings) {
  const problems = [
    ...findWrongFiles(files),
    ...findHeavy('packed', sizeBytes, ceilings.maxPackedKb),
    ...findHeavy('unpacked', unpackedBytes, ceilings.maxUnpackedKb),
    ...findInstallScripts(JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'))),
    ...files.flatMap((path) => findForbiddenText(path, readFileSync(join(unpacked, path), 'utf8'))),
  ];
  if (problems.length > 0) throw new Error(`${name} ${problems.join(`;\n${name} `)}.`);
}

function findWrongFiles(files) {
  const wrong = files.filter((path) => !EXPECTED_FILES.test(path) || FORBIDDEN_FILES.test(path));
  const absent = WANTED_FILES.filter((path) => !files.includes(path));
  return [...wrong.map((path) => `holds ${path}`), ...absent.map((path) => `lacks ${path}`)];
}

function findHeavy(kind, bytes, maxKb) {
  return bytes > maxKb * 1000 ? [`has ${Math.ceil(bytes / 1000)} kB ${kind}, over ${maxKb}`] : [];
}

function findInstallScripts({ scripts = {} }) {
  return INSTALL_SCRIPTS.filter((script) => script in scripts).map((script) => `runs ${script}`);
}

function findForbiddenText(path, text) {
  return FORBIDDEN_TEXT.filter((each) => isIn(text, each)).map((each) => `has ${each} in ${path}`);
}

/** As a path of its own: `/root` is not in `./roots`, nor in `a/root`. */
function isIn(text, searched) {
  if (!searched.startsWith('/')) return text.includes(searched);
  const escaped = searched.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\/$/, '');
  return new RegExp(`(?<![\\w.@-])${escaped}(?![\\w-])`).test(text);
}
