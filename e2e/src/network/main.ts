// `npm run e2e:network`: how much longer the tasks of a cold build take when the server is at the end
// of a network than when it is on loopback. Exit code 1 when that is more than may be.
// `npm run e2e:network -- --pairs=3 19.8.14 24.0.6` chooses.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { readEnvironment } from '../environment.ts';
import { nxInstallation, serverInstallation } from '../installations/installation.ts';
import { prepareInstallations } from '../installations/prepare-installations.ts';
import { runScript } from '../processes/run-script.ts';
import { fiftyTasks, TASK_WORK_MS } from './fifty-tasks.ts';
import { formatNetwork, formatPair, type NetworkRow, ratioOf } from './format-network.ts';
import { measureVersion, NETWORK } from './measure-version.ts';

const MAX_RATIO = 1.05;

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: { pairs: { type: 'string', default: '10' } },
    allowPositionals: true,
  });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) throw new Error('--pairs must be a whole number.');
  const { nxVersions, inherited } = readEnvironment();
  const versions = positionals.length > 0 ? positionals : nxVersions;
  await prepareInstallations([serverInstallation, ...versions.map(nxInstallation)], {
    env: inherited,
    onProgress: (text) => {
      console.log(`${text} …`);
    },
  });
  console.log(
    `\n${fiftyTasks.length} tasks of 1 MB, 3 at a time, each working ${TASK_WORK_MS} ms besides ` +
      `starting and writing; network: ${2 * NETWORK.delayMs} ms round trip, ` +
      `${String(NETWORK.megabitsPerSecond)} Mbit/s in each direction. Times are from the start of ` +
      `the first task to the end of the last one.`,
  );
  const rows: NetworkRow[] = [];
  for (const nxVersion of versions) {
    console.log(`\nNx ${nxVersion}`);
    const onPair = (pair: Parameters<typeof formatPair>[0]) => {
      console.log(`${formatPair(pair)}, load ${loadavg()[0]?.toFixed(1) ?? ''}`);
    };
    rows.push({ nxVersion, pairs: await measureVersion({ nxVersion, pairs, onPair }) });
  }
  console.log(`\n${formatNetwork(rows)}`);
  const isGreen = rows.every((row) => ratioOf(row) <= MAX_RATIO);
  console.log(`\nnetwork: ${isGreen ? 'ok' : 'FAILED'}, a ratio of ${MAX_RATIO} is allowed`);
  return isGreen;
}

runScript(main);
