// `npm run e2e:faults`: everything that can go wrong with the cache, on one version of Nx for each
// way in which Nx uses it. Prints a table; the exit code says whether no build noticed anything.
// `-- --reduced` is quicker, for CI; `-- 24.0.6 24.0.6+fast-lane` chooses versions, and ways by which
// they use the cache, `-- --only worker` faults.
import { parseArgs } from 'node:util';

import { readEnvironment } from '../environment.ts';
import {
  fastLaneInstallation,
  nxInstallation,
  serverInstallation,
} from '../installations/installation.ts';
import { prepareInstallations } from '../installations/prepare-installations.ts';
import { runScript } from '../processes/run-script.ts';
import { faults } from './catalogue.ts';
import { formatFaultTable } from './format-fault-table.ts';
import { type CellRow, measureFaults } from './measure-faults.ts';
import { formatSetup, parseSetup } from './setup.ts';

/**
 * The runner, the hooks without an id, with one that asks one by one, and in batches; the fast lane
 * with the runner and with the hooks.
 */
const SETUPS = ['19.8.14', '20.0.13+fast-lane', '20.8.4', '22.7.12', '24.0.6', '24.0.6+fast-lane'];
const REDUCED_SETUPS = ['19.8.14', '24.0.6', '24.0.6+fast-lane'];
const ROUNDS = 3;

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: { reduced: { type: 'boolean', default: false }, only: { type: 'string' } },
    allowPositionals: true,
  });
  const usual = values.reduced ? REDUCED_SETUPS : SETUPS;
  const setups = (positionals.length > 0 ? positionals : usual).map(parseSetup);
  const chosen = faults.filter(({ name }) => name.includes(values.only ?? ''));
  const installations = setups.map(({ nxVersion, hasFastLane }) =>
    hasFastLane ? fastLaneInstallation(nxVersion) : nxInstallation(nxVersion),
  );
  await prepareInstallations([serverInstallation, ...installations], {
    env: readEnvironment().inherited,
    onProgress: (text) => {
      console.log(`${text} …`);
    },
  });

  const rows: CellRow[] = [];
  for (const setup of setups) {
    console.log(`\nNx ${formatSetup(setup)} …`);
    const rounds = values.reduced ? 1 : ROUNDS;
    const measured = await measureFaults(chosen, { setup, rounds, say: console.log });
    console.log(formatFaultTable(measured));
    rows.push(...measured);
  }
  const byFault = chosen.flatMap(({ name }) => rows.filter(({ fault }) => fault === name));
  console.log(`\n${formatFaultTable(byFault)}`);

  const cells = rows.flatMap((row) => ('whyNot' in row ? [] : [row]));
  const failed = cells.filter(({ problems }) => problems.length > 0);
  for (const { fault, setup, problems } of failed) {
    console.log(`\nNx ${formatSetup(setup)} while ${fault}:`);
    for (const problem of problems) console.log(`- ${problem}`);
  }
  const skipped = rows.length - cells.length;
  console.log(
    `\nfaults: ${cells.length - failed.length} ok, ${failed.length} failed, ${skipped} not possible here`,
  );
  return cells.length > 0 && failed.length === 0;
}

runScript(main);
