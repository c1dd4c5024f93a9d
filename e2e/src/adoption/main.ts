// `npm run e2e:adoption`: from an empty folder to a workspace that gets its builds from the remote
// cache, and back, with the commands that people type, for versions of Nx and package managers.
// Prints a table at the end; the exit code says whether every step of every cell went well.
// `-- --reduced` is quicker, for CI; `-- 24.0.6 24.0.6+pnpm` chooses cells.
import { readEnvironment } from '../environment.ts';
import { serverInstallation } from '../installations/installation.ts';
import { prepareInstallations } from '../installations/prepare-installations.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { runScript } from '../processes/run-script.ts';
import { chooseCells } from './cells.ts';
import { type CellResult, formatAdoption, isGreen } from './format-adoption.ts';
import { runCell } from './run-cell.ts';
import { startRegistry } from './start-registry.ts';
import { type StepResult } from './steps.ts';

async function main(): Promise<boolean> {
  const cells = chooseCells(process.argv.slice(2));
  const { inherited } = readEnvironment();
  const results: CellResult[] = [];
  const cleanup = createCleanupStack();
  try {
    await prepareInstallations([serverInstallation], {
      env: inherited,
      onProgress: (text) => {
        console.log(`${text} …`);
      },
    });
    console.log('Starting a registry with what was built …');
    const registry = await startRegistry(inherited);
    cleanup.add(() => registry.stop());
    for (const cell of cells) {
      console.log(`\nNx ${cell.name}, made by ${cell.origin} …`);
      const registryUrl = usersUrl(registry.url);
      results.push(await runCell(cell, { registryUrl, onStep: printStep }));
    }
  } finally {
    await cleanup.run();
  }
  console.log(`\n${formatAdoption(results)}`);
  const green = results.filter(isGreen).length;
  console.log(`\nadoption: ${green} passed, ${results.length - green} failed`);
  return green === results.length;
}

/** Nx keeps its statistics to itself when the registry is on a host of this name. */
function usersUrl(registryUrl: string): string {
  const url = new URL(registryUrl);
  url.hostname = 'localhost';
  return url.href;
}

function printStep({ step, durationMs, error }: StepResult): void {
  const result = error === undefined ? 'ok' : 'FAILED';
  console.log(`  ${step}: ${result} (${(durationMs / 1000).toFixed(1)} s)`);
  if (error !== undefined) console.log(error);
}

runScript(main);
