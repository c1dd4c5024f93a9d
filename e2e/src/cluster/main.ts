// `npm run e2e:cluster`: servers that share a bucket and a database, on OpenStack Swift with three nodes
// and on PostgreSQL, both from Debian's packages. First the suites that every kind of storage has to pass,
// then three replicas behind a load balancer: races for hashes, outages under load and real builds, a
// migration, and memory. The exit code says whether all was as it has to be.
// Smaller: `npm run e2e:cluster -- --reduced`; single parts: `npm run e2e:cluster -- race outages`.
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { type Engines, startEngines } from '../engines/start-engines.ts';
import { readEnvironment } from '../environment.ts';
import { nxInstallation, serverInstallation } from '../installations/installation.ts';
import { prepareInstallations } from '../installations/prepare-installations.ts';
import { createMachine, type Machine } from '../machines/create-machine.ts';
import {
  cleanUpOnSignals,
  createCleanupStack,
  type CleanupStack,
} from '../processes/cleanup-stack.ts';
import { runCommand } from '../processes/run-command.ts';
import { runScript } from '../processes/run-script.ts';
import { repositoryRoot } from '../repository.ts';
import { createWorkspace } from '../workspace/create-workspace.ts';
import { twelveTasks } from '../workspace/twelve-tasks.ts';
import { formatMemory, formatMigration, formatOutages, formatRace, formatStep } from './format.ts';
import { measureMemory } from './measure-memory.ts';
import { raceArtifacts } from './race-artifacts.ts';
import { runMigration } from './run-migration.ts';
import { runOutages } from './run-outages.ts';
import { startCluster } from './start-cluster.ts';
import { startReplica } from './start-replica.ts';

const NX_VERSION = '24.0.6';

const REPLICAS = 3;

/** What a replica may have in memory while it takes 8 × 100 MB. */
const MOST_MEMORY_MB = 220;

const SUITES_TIMEOUT_MS = 540_000;

interface PartOptions {
  readonly engines: Engines;
  readonly machine: Machine;
  readonly cleanup: CleanupStack;
  readonly isReduced: boolean;
}

/** Each prints what it saw, and says what was not as it has to be. */
const PARTS: Readonly<Record<string, (options: PartOptions) => Promise<readonly string[]>>> = {
  suites: runSuites,
  race: runRace,
  outages: runOutagesUnderLoad,
  migration: runMigrationToCluster,
  memory: runMemory,
};

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { reduced: { type: 'boolean', default: false } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(PARTS);
  const unknown = names.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    throw new Error(`There is no part ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}.`);
  }
  const env = readEnvironment().inherited;
  const onProgress = (text: string): void => {
    console.log(`${text} …`);
  };
  await prepareInstallations([serverInstallation, nxInstallation(NX_VERSION)], { env, onProgress });
  const stack = createCleanupStack();
  const problems: string[] = [];
  cleanUpOnSignals(stack);
  try {
    const engines = await startEngines({ env, cleanup: stack, onProgress });
    for (const name of names) {
      console.log(`\n${name} …`);
      problems.push(...(await runPart(name, engines, values.reduced)));
    }
  } finally {
    await stack.run();
  }
  console.log(`\ncluster: ${names.length} parts, ${problems.length} problems`);
  return problems.length === 0;
}

async function runPart(name: string, engines: Engines, isReduced: boolean): Promise<string[]> {
  const cleanup = createCleanupStack();
  try {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const problems = await PARTS[name]?.({ engines, machine, cleanup, isReduced });
    for (const problem of problems ?? []) console.log(`  ! ${problem}`);
    return (problems ?? []).map((problem) => `${name}: ${problem}`);
  } finally {
    await cleanup.run();
  }
}

async function runSuites({ engines, machine }: PartOptions): Promise<readonly string[]> {
  const jest = join(repositoryRoot, 'node_modules', '.bin', 'jest');
  const { exitCode } = await runCommand(
    jest,
    ['--runInBand', '--ci', '--config', 'jest.cluster.config.cjs'],
    {
      cwd: join(repositoryRoot, 'packages', 'server'),
      env: { ...machine.env, ...engines.suiteVariables },
      timeoutMs: SUITES_TIMEOUT_MS,
      onOutput: (text) => process.stdout.write(text),
    },
  );
  return exitCode === 0 ? [] : [`the suites ended with ${String(exitCode)}`];
}

async function runRace(options: PartOptions): Promise<readonly string[]> {
  const cluster = await openCluster(options);
  const race = await raceArtifacts({
    url: cluster.url,
    replicas: cluster.replicas().map(({ url }) => url),
    artifacts: options.isReduced ? 500 : 5_000,
    clients: 32,
    racedPercent: 5,
  });
  console.log(formatRace(race));
  return race.problems;
}

async function runOutagesUnderLoad(options: PartOptions): Promise<readonly string[]> {
  const cluster = await openCluster(options);
  const machine = await createMachine();
  options.cleanup.add(machine.remove);
  const workspace = await createWorkspace({
    machine,
    nxVersion: NX_VERSION,
    projects: twelveTasks,
    cache: 'larder',
  });
  const outages = await runOutages(cluster, {
    workspace,
    builds: options.isReduced ? 1 : 2,
    onStep: (step) => {
      console.log(formatStep(step));
    },
  });
  console.log(formatOutages(outages));
  return outages.problems;
}

async function runMigrationToCluster(options: PartOptions): Promise<readonly string[]> {
  const cluster = await openCluster(options);
  const migration = await runMigration(cluster, options.isReduced ? 200 : 1_000);
  console.log(formatMigration(migration));
  return migration.problems;
}

async function runMemory({ engines, machine, cleanup }: PartOptions): Promise<readonly string[]> {
  const replica = await startReplica(machine, { variables: await engines.freshStorage() });
  cleanup.add(replica.stop);
  const memory = await measureMemory(replica);
  console.log(formatMemory(memory));
  return memory.peakMb <= MOST_MEMORY_MB
    ? memory.problems
    : [...memory.problems, `a replica had ${memory.peakMb.toFixed(0)} MB in memory`];
}

function openCluster({ engines, machine, cleanup }: PartOptions) {
  return startCluster(machine, { engines, replicas: REPLICAS, cleanup });
}

runScript(main);
