// `npm run client:nodes`: the tests of @larder/client on every line of Node that it supports.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinaries, root, versionOf } from './nodes/node-binaries.mjs';

const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

/** Runs the tests with a binary and counts what came of them. */
function test(binary) {
  const folder = mkdtempSync(join(tmpdir(), 'larder-client-nodes-'));
  try {
    const version = versionOf(binary);
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
for (const binary of nodeBinaries()) {
  const result = test(binary);
  if (result.failed > 0) console.log(result.output);
  console.log(`${result.version.padEnd(12)}${result.passed} passed, ${result.failed} failed`);
  passed += result.passed;
  failed += result.failed;
}
console.log(`\nclient-nodes: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
