// `npm run test:nodes`: unit, integration and e2e tests of all packages on every line of Node that they
// support; `-- 22 24` on these lines only. Formatting, lint and types do not depend on it.
import { spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { nodeBinaries, root, versionOf } from './nodes/node-binaries.mjs';

const STEPS = [
  ['unit and integration', ['exec', '--', 'nx', 'run-many', '-t', 'test']],
  ['e2e', ['run', 'e2e']],
];

/** Whatever the tests start finds this Node first, as it would where no other one is installed. */
function environmentFor(binary) {
  return { ...process.env, PATH: dirname(binary) + delimiter + process.env.PATH };
}

function run(binary, args) {
  const { status } = spawnSync(binary, [process.env.npm_execpath, ...args], {
    cwd: root,
    env: environmentFor(binary),
    stdio: 'inherit',
  });
  return status === 0;
}

const majors = process.argv.slice(2).map(Number);
const results = nodeBinaries(majors.length > 0 ? majors : undefined).flatMap((binary) => {
  const version = versionOf(binary);
  return STEPS.map(([step, args]) => {
    console.log(`\n${version}: ${step}`);
    const startedAt = performance.now();
    const isPassed = run(binary, args);
    return { version, step, isPassed, minutes: (performance.now() - startedAt) / 60_000 };
  });
});

console.log();
for (const { version, step, isPassed, minutes } of results) {
  const outcome = isPassed ? 'passed' : 'FAILED';
  console.log(`${version.padEnd(12)}${step.padEnd(22)}${outcome} in ${minutes.toFixed(1)} min`);
}
process.exitCode = results.every(({ isPassed }) => isPassed) ? 0 : 1;
