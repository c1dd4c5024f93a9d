// `npm run bench`: every bench; `npm run bench -- <name> …`: these. Ends with exit code 1 when one of
// the promises that the benches watch over is broken.
import { clientMemory } from './client-memory/client-memory.ts';
import { type Bench } from './runner/bench.ts';
import { runBench } from './runner/run-bench.ts';
import { serverEviction } from './server-eviction/server-eviction.ts';
import { serverMemory } from './server-memory/server-memory.ts';

const BENCHES: readonly Bench[] = [clientMemory, serverMemory, serverEviction];

async function main(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    console.error(`There is no bench named ${unknown.join(', ')}. These are there:`);
    for (const { name, question } of BENCHES) console.error(`  ${name}  ${question}`);
    return false;
  }
  let isKept = true;
  for (const bench of BENCHES) {
    if (names.length === 0 || names.includes(bench.name))
      isKept = (await runBench(bench)) && isKept;
  }
  return isKept;
}

main(process.argv.slice(2)).then(
  (isKept) => {
    process.exitCode = isKept ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
