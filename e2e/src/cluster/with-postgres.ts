// Runs a command with a PostgreSQL server that LARDER_TEST_DATABASE_URL names, and ends with its exit
// code: `node e2e/dist/cluster/with-postgres.js <command> <arguments>`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { readEnvironment } from '../environment.ts';
import { runScript } from '../processes/run-script.ts';
import { startPostgresServer } from './postgres-server.ts';

async function main(): Promise<boolean> {
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) throw new Error('Name the command to run.');
  const server = await startPostgresServer(readEnvironment().inherited);
  try {
    const child = spawn(command, args, {
      env: { ...process.env, LARDER_TEST_DATABASE_URL: server.url },
      stdio: 'inherit',
    });
    const [exitCode] = (await once(child, 'exit')) as [number | null];
    return exitCode === 0;
  } finally {
    await server.remove();
  }
}

runScript(main);
