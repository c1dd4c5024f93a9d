// `npm run bench`: every bench; `npm run bench -- <name> …`: these. `--rounds=3` takes fewer rounds or
// more, `--busy` takes whatever a busy machine gives. Ends with exit code 1 when one of the promises
// that the benches watch over is broken, and with 2 when the machine was too busy to tell.
import { parseArgs } from 'node:util';
import { archiveCpu } from './archive/archive-cpu.ts';
import { archiveGrowth } from './archive/archive-growth.ts';
import { archiveMemory } from './archive/archive-memory.ts';
import { clientMemory } from './client-memory/client-memory.ts';
import { clientRequests } from './client-requests/client-requests.ts';
import { clientTransfers } from './client-transfers/client-transfers.ts';
import { nxLaptop } from './nx-builds/nx-laptop.ts';
import { nxLarge } from './nx-builds/nx-large.ts';
import { nxRunner } from './nx-builds/nx-runner.ts';
import { nxSmall } from './nx-builds/nx-small.ts';
import { nxGrowth } from './nx-growth/nx-growth.ts';
import { nxStart } from './nx-start/nx-start.ts';
import { MachineBusyError } from './quiet/quiet-machine.ts';
import { type Bench, missesGate } from './runner/bench.ts';
import { runBench, type StoredResult } from './runner/run-bench.ts';
import { summarize } from './runner/summary.ts';
import { serverCluster } from './server-cluster/server-cluster.ts';
import { serverEviction } from './server-eviction/server-eviction.ts';
import { serverMemory } from './server-memory/server-memory.ts';
import { serverPeers } from './server-speed/server-peers.ts';
import { serverRequests } from './server-speed/server-requests.ts';
import { serverTransfers } from './server-speed/server-transfers.ts';

const BENCHES: readonly Bench[] = [
  archiveCpu,
  archiveMemory,
  archiveGrowth,
  clientMemory,
  clientTransfers,
  clientRequests,
  serverMemory,
  serverEviction,
  serverTransfers,
  serverRequests,
  serverPeers,
  serverCluster,
  nxStart,
  nxSmall,
  nxLarge,
  nxLaptop,
  nxRunner,
  nxGrowth,
];

const EXIT = { kept: 0, broken: 1, unknown: 2 } as const;

async function main(): Promise<number> {
  const { values, positionals: names } = parseArgs({
    options: { rounds: { type: 'string' }, busy: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const rounds = values.rounds === undefined ? null : Number(values.rounds);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error('--rounds must be a whole number.');
  }
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    console.error(`There is no bench named ${unknown.join(', ')}. These are there:`);
    for (const { name, question } of BENCHES) console.error(`  ${name}  ${question}`);
    return EXIT.broken;
  }
  const policy = { rounds, acceptsBusyMachine: values.busy };
  const chosen = BENCHES.filter(({ name }) => names.length === 0 || names.includes(name));
  const startedAt = performance.now();
  const results: StoredResult[] = [];
  const unclaimed: string[] = [];
  for (const bench of chosen) {
    try {
      results.push(await runBench(bench, policy));
    } catch (error) {
      if (!(error instanceof MachineBusyError)) throw error;
      console.log(`  ${error.message}`);
      unclaimed.push(bench.name);
    }
  }
  const durationMs = performance.now() - startedAt;
  console.log(`\n${summarize({ results, unclaimed, durationMs })}`);
  if (results.some(({ measures }) => measures.some(missesGate))) return EXIT.broken;
  return unclaimed.length > 0 ? EXIT.unknown : EXIT.kept;
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = EXIT.broken;
  },
);
