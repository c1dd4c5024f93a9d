import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { formatDuration } from '../../format/format-duration.ts';
import type { HashAnswer, NotHashed } from './hash-answer.ts';
import { reasonOf } from './reason-of.ts';

export interface AskNxOptions {
  /** `project:target` or `project:target:configuration`. */
  readonly taskId: string;
  /** The environment of the command. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/**
 * The compiled entry: Node cannot run TypeScript. `dist` mirrors `src`, so that this path is right
 * for the compiled file as well as for its source, which tests run.
 */
const entryFile = join(__dirname, '../../../dist/nx-facts/hash-now/main.js');
const defaultTimeoutMs = 60_000;

/** Nx works in that one process: it neither asks its daemon nor starts one, nor workers for plugins. */
const ownVariables = { NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' };

/**
 * Asks the Nx of the working folder what the hash of a task would be now, in a process of its own: it
 * may take its time, print, fail or end however it likes. Never rejects.
 */
export async function askNxForHash(options: AskNxOptions): Promise<HashAnswer> {
  const { taskId, variables, timeoutMs = defaultTimeoutMs, signal } = options;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const child = fork(entryFile, [taskId], {
    env: { ...variables, ...ownVariables },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // A process group of its own, so that what Nx runs for a hash ends with it.
    detached: process.platform !== 'win32',
  });
  const stop = () => {
    kill(child);
  };
  deadline.addEventListener('abort', stop, { once: true });
  if (deadline.aborted) stop();
  const answers: HashAnswer[] = [];
  child.once('message', (message) => {
    answers.push(message as HashAnswer);
    child.disconnect();
  });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    const [answer] = answers;
    if (answer) return answer;
    if (signal.aborted) return notHashed('it was interrupted');
    return deadline.aborted
      ? notHashed(`Nx did not answer within ${formatDuration(timeoutMs)}`)
      : notHashed(`Nx ended with code ${String(code)} and no answer`);
  } catch (error) {
    return notHashed(`Nx could not be started: ${reasonOf(error)}`);
  } finally {
    deadline.removeEventListener('abort', stop);
  }
}

function notHashed(reason: string): NotHashed {
  return { state: 'unknown', reason };
}

function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
