// `node e2e/dist/engines/with-engines.js <command…>`: runs a command with the engines that it needs
// beside it. Its exit code is that of the command.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { readEnvironment } from '../environment.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { runScript } from '../processes/run-script.ts';
import { startEngines } from './start-engines.ts';

async function main(): Promise<boolean> {
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) throw new Error('Name the command to run.');
  const { inherited } = readEnvironment();
  const cleanup = createCleanupStack();
  try {
    const engines = await startEngines({ env: inherited, cleanup });
    return await run(command, args, { ...inherited, ...engines.suiteVariables });
  } finally {
    await cleanup.run();
  }
}

/** What ends this process ends the command first, and then the engines. */
async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  const child = spawn(command, args, { env, stdio: 'inherit' });
  const onSignal = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  return exitCode === 0;
}

runScript(main);
