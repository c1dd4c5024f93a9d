// `npm run e2e:load`: hundreds of tasks at once, first on a machine where nothing is cached, then on
// another one that gets all of them from the remote cache, again and again on a machine that is busy
// with other things. Prints a table; the exit code says whether every command and every hit was right.
// Smaller: `npm run e2e:load -- --tasks=150 --rounds=1 24.0.6`.
import { readEnvironment } from '../environment.ts';
import { nxInstallation, serverInstallation } from '../installations/installation.ts';
import { prepareInstallations } from '../installations/prepare-installations.ts';
import { createMachine } from '../machines/create-machine.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { runScript } from '../processes/run-script.ts';
import { startLarderServer } from '../server/start-larder-server.ts';
import { commandsOf, formatLoad, type LoadRow } from './format-load.ts';
import { type LoadOptions, parseLoadOptions } from './load-options.ts';
import { runLoad } from './run-load.ts';
import { startBusyLoops } from './start-busy-loops.ts';

async function main(): Promise<boolean> {
  const options = parseLoadOptions(process.argv.slice(2));
  const { nxVersions, tasks, rounds, parallel, busyLoops } = options;
  await prepareInstallations([serverInstallation, ...nxVersions.map(nxInstallation)], {
    env: readEnvironment().inherited,
    onProgress: (text) => {
      console.log(`${text} …`);
    },
  });
  console.log(
    `\n${tasks} tasks, --parallel=${parallel}, ${rounds} rounds, ${busyLoops} busy loops beside them`,
  );
  const rows: LoadRow[] = [];
  for (const nxVersion of nxVersions) rows.push(await runVersion(nxVersion, options));
  console.log(`\n${formatLoad(rows)}`);
  const commands = rows.flatMap(commandsOf);
  const wrong = commands.filter(({ deviations }) => deviations.length > 0).length;
  const failed = commands.filter(({ hasFailed }) => hasFailed).length;
  console.log(
    `\nload: ${commands.length} commands, ${failed} failed, ${wrong} not as they have to be`,
  );
  return wrong === 0;
}

async function runVersion(nxVersion: string, options: LoadOptions): Promise<LoadRow> {
  console.log(`\nNx ${nxVersion} …`);
  const cleanup = createCleanupStack();
  try {
    const machine = await createMachine();
    cleanup.add(machine.remove);
    const server = await startLarderServer(machine);
    cleanup.add(server.stop);
    const loops = await startBusyLoops(options.busyLoops, machine.env);
    cleanup.add(loops.stop);
    return await runLoad(nxVersion, cleanup, { ...options, server, onRound: printRound });
  } finally {
    await cleanup.run();
  }
}

function printRound({ rounds }: LoadRow): void {
  const last = rounds.at(-1);
  if (last === undefined) return;
  const { cold, warm } = last;
  const [coldSeconds, warmSeconds] = [cold, warm].map(({ seconds }) => seconds?.toFixed(1) ?? '–');
  console.log(
    `  round ${rounds.length}: cold ${coldSeconds} s, warm ${warmSeconds} s with ${warm.remoteHits} remote hits`,
  );
  for (const [name, { deviations, warnings }] of Object.entries(last)) {
    for (const line of [...deviations, ...warnings]) console.log(`    ${name}: ${line}`);
  }
}

runScript(main);
