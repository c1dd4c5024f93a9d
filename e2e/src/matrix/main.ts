// `npm run e2e:matrix`: the round trip and the durations on every version of Nx that Larder supports,
// with the daemon on and off, and Nx's own client against the server. Prints a table at the end; the exit
// code says whether all of it passed. Versions can be chosen: `npm run e2e:matrix -- 19.8.14 24.0.6`;
// `-- --reduced` runs only those at which something changes for Larder, with the daemon on.
import { parseArgs } from 'node:util';

import { type DaemonMode, readEnvironment } from '../environment.ts';
import { runScript } from '../processes/run-script.ts';
import { supportedNxVersions, turningPoints } from '../workspace/nx-version.ts';
import { type CellResult, formatMatrix } from './format-matrix.ts';
import { runSpecs } from './run-specs.ts';

async function main(): Promise<boolean> {
  const { values, positionals: chosen } = parseArgs({
    allowPositionals: true,
    options: { reduced: { type: 'boolean', default: false } },
  });
  const { inherited: env } = readEnvironment();
  const daemonModes: readonly DaemonMode[] = values.reduced ? ['on'] : ['off', 'on'];
  const all = values.reduced ? turningPoints : supportedNxVersions;
  const versions = chosen.length > 0 ? chosen : all;
  const rows: { nxVersion: string; cells: CellResult[]; durationMs: number }[] = [];
  for (const nxVersion of versions) {
    console.log(`\nNx ${nxVersion} …`);
    const { cells, durationMs, report } = await runSpecs(nxVersion, { env, daemonModes });
    if (cells.some(({ failed, passed }) => failed > 0 || passed === 0)) console.log(report);
    rows.push({ nxVersion, cells, durationMs });
    console.log(formatMatrix(rows));
  }
  const cells = rows.flatMap((row) => row.cells);
  const count = (of: (cell: CellResult) => number) =>
    cells.reduce((sum, cell) => sum + of(cell), 0);
  console.log(
    `\nmatrix: ${count((cell) => cell.passed)} passed, ${count((cell) => cell.failed)} failed`,
  );
  return cells.every(({ passed, failed }) => passed > 0 && failed === 0);
}

runScript(main);
