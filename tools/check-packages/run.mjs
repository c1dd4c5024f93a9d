import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a command and gives what it prints; throws with all of its output when it fails. */
export async function run(command, args, cwd) {
  try {
    const { stdout } = await execute(command, args, { cwd, maxBuffer: 1024 ** 3 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = error.message } = error;
    throw new Error(`${command} ${args.join(' ')} failed.\n${stdout}${stderr}`, { cause: error });
  }
}

/**
 * Waits for all of them, then throws what failed. Unlike `Promise.all` it leaves nothing running
 * that still writes into a folder.
 */
export async function settle(promises) {
  const results = await Promise.allSettled(promises);
  const failures = results.filter(({ status }) => status === 'rejected');
  if (failures.length > 0) {
    throw new Error(failures.map(({ reason }) => reason?.message ?? String(reason)).join('\n\n'));
  }
  return results.map(({ value }) => value);
}
