// Entry of the process in which Nx makes the hash of a task: `node main.js <task>`. It tells its
// answer over the channel to whoever started it, and ends when that one lets go of the channel.
import type { HashAnswer } from './hash-answer.ts';
import { hashTaskNow } from './hash-task.ts';
import { loadRootVariables } from './load-root-variables.ts';
import { reasonOf } from './reason-of.ts';

function answer(text: HashAnswer): void {
  process.send?.(text);
}

function fail(error: unknown): void {
  answer({ state: 'unknown', reason: reasonOf(error) });
}

async function main(): Promise<void> {
  const taskId = process.argv[2];
  if (taskId === undefined) throw new Error('The task is missing');
  loadRootVariables();
  // So that Nx reads the files of variables of tasks; unless somebody has turned that off.
  process.env.NX_LOAD_DOT_ENV_FILES ??= 'true';
  answer(await hashTaskNow(taskId));
}

process.once('disconnect', () => {
  process.exit(0);
});
process.on('uncaughtException', fail);
main().catch(fail);
