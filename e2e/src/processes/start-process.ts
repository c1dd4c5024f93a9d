import { spawn } from 'node:child_process';

export interface StartOptions<Ready> {
  readonly cwd: string;
  /** The complete environment of the process; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Reads from all that the process has said so far that it is ready, or returns null. */
  readonly parseReady: (output: string) => Ready | null;
  readonly timeoutMs?: number;
}

export interface RunningProcess<Ready> {
  readonly pid: number;
  readonly ready: Ready;
  /** Everything that the process has said so far. */
  readonly output: () => string;
  /** Sends the signal, unless the process has ended, and waits for its end. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<ProcessEnd>;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/** Starts a process that stays and waits until it is ready. */
export async function startProcess<Ready>(
  command: string,
  args: readonly string[],
  { cwd, env, parseReady, timeoutMs = DEFAULT_TIMEOUT_MS }: StartOptions<Ready>,
): Promise<RunningProcess<Ready>> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<ProcessEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => {
      resolve({ exitCode, signal });
    });
  });
  let output = '';
  const becameReady = new Promise<Ready>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const ready = parseReady(output);
        if (ready !== null) resolve(ready);
      });
    }
  });
  const endedEarly = ended.then((end): never => {
    throw new Error(
      `"${command}" ended before it was ready (${String(end.signal ?? end.exitCode)}).\n${output}`,
    );
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const ready = await Promise.race([becameReady, endedEarly]).finally(() => {
    clearTimeout(timer);
  });
  // From here on the end of the process is its owner's wish.
  endedEarly.catch(() => undefined);

  return {
    pid: child.pid ?? 0,
    ready,
    output: () => output,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
